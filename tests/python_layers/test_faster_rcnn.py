"""A Faster R-CNN as small as it can be: it learns to find squares of two colours."""

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.python_layers._boxes import changed_by
from blobnet.python_layers.roi_data_layer.roidb import make_roidb
from tests.python_layers.rpn.test_proposal_layer import overlap

ANCHORS = "'feat_stride': 8\\n'scales': [1, 1.5, 2]\\n'ratios': 1\\n"
STDS = (0.1, 0.1, 0.2, 0.2)


def convolution(name, bottom, outputs, rest, filler="msra"):
    settings = f'num_output: {outputs} {rest} weight_filler {{ type: "{filler}" }}'
    return (
        f'layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}" '
        f"convolution_param {{ {settings} }} }}"
    )


def relu(name):
    return f'layer {{ name: "{name}_relu" type: "ReLU" bottom: "{name}" top: "{name}" }}'


def python(name, bottoms, tops, module, layer, param):
    blobs = "".join(f' bottom: "{b}"' for b in bottoms) + "".join(f' top: "{t}"' for t in tops)
    return (
        f'layer {{ name: "{name}" type: "Python"{blobs} python_param {{ module: "{module}" '
        f'layer: "{layer}" param_str: "{param}" }} }}'
    )


def loss(name, kind, bottoms, rest=""):
    blobs = "".join(f' bottom: "{bottom}"' for bottom in bottoms)
    return f'layer {{ name: "{name}" type: "{kind}"{blobs} top: "{name}" loss_weight: 1 {rest} }}'


def reshape(top, bottom, channels):
    dims = f"dim: 0 dim: {channels} dim: -1 dim: 0"
    return (
        f'layer {{ name: "{top}" type: "Reshape" bottom: "{bottom}" top: "{top}" '
        f"reshape_param {{ shape {{ {dims} }} }} }}"
    )


def full(name, bottom, outputs):
    return (
        f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}" '
        f'inner_product_param {{ num_output: {outputs} weight_filler {{ type: "msra" }} }} }}'
    )


INPUT = """layer { name: "in" type: "Input" top: "data" top: "im_info" input_param {
    shape { dim: 1 dim: 3 dim: 48 dim: 64 } shape { dim: 1 dim: 3 } } }"""
DATA = python(
    "input", [], ["data", "im_info", "gt_boxes"], "roi_data_layer.layer", "RoIDataLayer",
    "'num_classes': 3\\n'scales': 48\\n",
)  # fmt: skip
TRUNK = [
    """layer { name: "small" type: "Power" bottom: "data" top: "small"
        power_param { scale: 0.02 } }""",
    convolution("conv1", "small", 8, "kernel_size: 3 stride: 2 pad: 1"), relu("conv1"),
    convolution("conv2", "conv1", 12, "kernel_size: 3 stride: 2 pad: 1"), relu("conv2"),
    convolution("conv3", "conv2", 16, "kernel_size: 3 stride: 2 pad: 1"), relu("conv3"),
    convolution("rpn", "conv3", 16, "kernel_size: 3 pad: 1"), relu("rpn"),
    convolution("rpn_cls_score", "rpn", 6, "kernel_size: 1", "xavier"),
    convolution("rpn_bbox_pred", "rpn", 12, "kernel_size: 1", "xavier"),
    reshape("rpn_cls_score_reshape", "rpn_cls_score", 2),
]  # fmt: skip
RPN_LOSSES = [
    python(
        "rpn-data", ["rpn_cls_score", "gt_boxes", "im_info", "data"],
        ["rpn_labels", "rpn_targets", "rpn_inside", "rpn_outside"],
        "rpn.anchor_target_layer", "AnchorTargetLayer",
        ANCHORS + "'rpn_batchsize': 32\\n'rpn_positive_overlap': 0.5",
    ),
    loss(
        "rpn_loss_cls", "SoftmaxWithLoss", ["rpn_cls_score_reshape", "rpn_labels"],
        "propagate_down: 1 propagate_down: 0 loss_param { ignore_label: -1 normalize: true }",
    ),
    loss(
        "rpn_loss_bbox", "SmoothL1Loss",
        ["rpn_bbox_pred", "rpn_targets", "rpn_inside", "rpn_outside"],
        "smooth_l1_loss_param { sigma: 3.0 }",
    ),
]  # fmt: skip
PROPOSALS = [
    'layer { name: "rpn_prob" type: "Softmax" bottom: "rpn_cls_score_reshape" top: "rpn_prob" }',
    reshape("rpn_prob_reshape", "rpn_prob", 6),
    python(
        "proposal", ["rpn_prob_reshape", "rpn_bbox_pred", "im_info"], ["rpn_rois"],
        "rpn.proposal_layer", "ProposalLayer",
        ANCHORS + "'rpn_min_size': 4\\n'rpn_post_nms_top_n': 20",
    ),
]  # fmt: skip
REGIONS = python(
    "roi-data", ["rpn_rois", "gt_boxes"], ["rois", "labels", "targets", "inside", "outside"],
    "rpn.proposal_target_layer", "ProposalTargetLayer", "'num_classes': 3\\n'batch_size': 16",
)  # fmt: skip


def head(rois):
    return [
        f"""layer {{ name: "pool" type: "ROIPooling" bottom: "conv3" bottom: "{rois}" top: "pool"
            roi_pooling_param {{ pooled_w: 3 pooled_h: 3 spatial_scale: 0.125 }} }}""",
        full("fc", "pool", 24),
        relu("fc"),
        full("cls_score", "fc", 3),
        full("bbox_pred", "fc", 12),
    ]


LOSSES = [
    loss("loss_cls", "SoftmaxWithLoss", ["cls_score", "labels"],
         "propagate_down: 1 propagate_down: 0"),
    loss("loss_bbox", "SmoothL1Loss", ["bbox_pred", "targets", "inside", "outside"]),
]  # fmt: skip
TRAIN = "\n".join([DATA, *TRUNK, *RPN_LOSSES, *PROPOSALS, REGIONS, *head("rois"), *LOSSES])
DEPLOY = "\n".join(
    [
        INPUT, *TRUNK, *PROPOSALS, *head("rpn_rois"),
        'layer { name: "prob" type: "Softmax" bottom: "cls_score" top: "prob" }',
    ]
)  # fmt: skip


def scene(rng):
    """An image of noise with a square, blue (1) or red (2), and its box."""
    pixels = rng.integers(90, 150, size=(48, 64, 3))
    label, side = rng.integers(1, 3), rng.integers(14, 30)
    x, y = rng.integers(0, 64 - side), rng.integers(0, 48 - side)
    pixels[y : y + side, x : x + side, 2 * (label - 1)] += 100
    return pixels.astype(np.uint8), (x, y, x + side - 1, y + side - 1), label


def roidb_of(rng, count):
    images, boxes, labels = zip(*(scene(rng) for _ in range(count)), strict=True)
    return make_roidb(images, [[box] for box in boxes], [[label] for label in labels], flipped=True)


def solver_of(roidb, prefix="none"):
    definition = blobnet.parse_solver(
        f"net_param {{ {TRAIN} }} base_lr: 0.004 lr_policy: 'fixed' momentum: 0.9 "
        "weight_decay: 0.0005 random_seed: 2 snapshot_after_train: false "
        f"snapshot_prefix: '{prefix}'"
    )
    solver = blobnet.get_solver(definition)
    solver.net.layers[0].set_roidb(roidb)
    return solver


def detection(net, pixels):
    """The best box and its class."""
    image = (pixels - np.array([102.9801, 115.9465, 122.7717])).transpose(2, 0, 1)
    net.forward(data=image[None], im_info=[[48, 64, 1]])
    prob, rois = net.blobs["prob"].data, net.blobs["rpn_rois"].data[:, 1:]
    region, label = np.unravel_index(prob[:, 1:].argmax(), prob[:, 1:].shape)
    label += 1
    change = net.blobs["bbox_pred"].data[region, 4 * label : 4 * label + 4] * STDS
    return changed_by(rois[region : region + 1], change[None])[0], label


def test_a_small_net_learns_to_detect(rng):
    solver = solver_of(roidb_of(rng, 40))
    losses = []
    for _ in range(220):
        solver.step(1)
        losses.append([solver.net.blobs[name].data.item() for name in ("rpn_loss_cls", "loss_cls")])
    first, last = np.mean(losses[:20], axis=0), np.mean(losses[-50:], axis=0)
    assert last[0] < first[0] / 3
    assert last[1] < first[1] / 1.5
    net = blobnet.Net(blobnet.parse_net(DEPLOY), phase="TEST", allow_python=False)
    net.share_with(solver.net)
    right, shares = 0, []
    for _ in range(30):
        pixels, box, label = scene(rng)
        found, its_label = detection(net, pixels)
        right += its_label == label
        shares.append(overlap(found, box))
    assert right >= 27
    assert np.mean(shares) > 0.45


def test_a_training_goes_on_from_a_snapshot_bit_for_bit(rng, tmp_path):
    roidb = roidb_of(rng, 5)
    whole = solver_of(roidb, tmp_path / "it")
    whole.step(3)
    state = whole.snapshot()
    whole.step(9)
    later = solver_of(roidb, tmp_path / "it")
    later.restore(state)
    later.step(9)
    for name, blobs in whole.net.params.items():
        for blob, other in zip(blobs, later.net.params[name], strict=True):
            np.testing.assert_array_equal(blob.data, other.data)


def test_without_data_the_net_can_be_run_and_timed():
    net = blobnet.Net(blobnet.parse_net(TRAIN), phase="TEST", allow_python=False)
    net.forward()
    assert net.blobs["rpn_rois"].shape[1] == 5
    assert np.isfinite(net.loss)


def test_a_training_without_images_says_what_is_missing():
    net = blobnet.Net(blobnet.parse_net(TRAIN), phase="TRAIN")
    with pytest.raises(LayerError, match=r'"input", RoIDataLayer: there are no images'):
        net.forward()
