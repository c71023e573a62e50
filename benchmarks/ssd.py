"""SSD's nets: boxes and classes of objects in an image of 300 x 300.

| builder | published as |
|---|---|
| ssd300 | weiliu89/caffe, branch ssd, VGG_VOC0712_SSD_300x300; its deploy form |
| mobilenet_ssd | chuanqi305/MobileNet-SSD, deploy.prototxt |

`give_work` gives a net random weights with which a given number of scores pass its threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.definition import (
    MSRA,
    add,
    batch_norm_scale,
    begin,
    constant,
    convolution,
    in_place,
    pooling,
)
from benchmarks.inputs import give_statistics, random_images
from blobnet.net import Net
from blobnet.proto import NetParameter
from blobnet.types import Array

CLASSES = 21
VGG = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""VGG-16's five stages: how many convolutions, how many channels."""

SEPARABLE = (  # the outputs of conv1 to conv13, and the strides of their depthwise parts
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
    *((512, 1),) * 5, (1024, 2), (1024, 1),
)  # fmt: skip


class Head(NamedTuple):
    """Where boxes are predicted, and which.

    sizes  min_size and max_size, or min_size alone
    step   of the places in pixels; 0: image by feature map
    """

    source: str
    sizes: tuple[float, ...]
    ratios: tuple[float, ...]
    step: float = 0


def ssd300(batch: int = 1) -> NetParameter:
    """SSD300 on VGG-16: 8,732 prior boxes."""
    net, x = begin("VGG_VOC0712_SSD_300x300_deploy", (batch, 3, 300, 300)), "data"
    for stage, (convolutions, channels) in enumerate(VGG, start=1):
        for number in range(1, convolutions + 1):
            x = _conv_relu(net, f"conv{stage}_{number}", x, channels, 3, pad=1)
        window = {"stride": 1, "pad": 1} if stage == 5 else {"stride": 2}
        x = pooling(net, f"pool{stage}", x, "MAX", 3 if stage == 5 else 2, **window)
    x = _conv_relu(net, "fc6", x, 1024, 3, pad=6, dilation=6)
    x = _conv_relu(net, "fc7", x, 1024, 1)
    for number, narrow, wide, stride in ((6, 256, 512, 2), (7, 128, 256, 2), (8, 128, 256, 1)):
        x = _conv_relu(net, f"conv{number}_1", x, narrow, 1)
        x = _conv_relu(net, f"conv{number}_2", x, wide, 3, pad=stride - 1, stride=stride)
    x = _conv_relu(net, "conv9_1", x, 128, 1)
    x = _conv_relu(net, "conv9_2", x, 256, 3)
    scaled = {"across_spatial": False, "scale_filler": constant(20), "channel_shared": False}
    add(net, "Normalize", "conv4_3_norm", ["conv4_3"], norm_param=scaled)
    heads = [
        Head("conv4_3_norm", (30, 60), (2,), 8),
        Head("fc7", (60, 111), (2, 3), 16),
        Head("conv6_2", (111, 162), (2, 3), 32),
        Head("conv7_2", (162, 213), (2, 3), 64),
        Head("conv8_2", (213, 264), (2,), 100),
        Head("conv9_2", (264, 315), (2,), 300),
    ]
    return _detections(net, heads, kernel=3, top_k=400, keep=200, threshold=0.01)


def mobilenet_ssd(batch: int = 1) -> NetParameter:
    """MobileNet-SSD: 1,917 prior boxes."""
    net = begin("MobileNet-SSD", (batch, 3, 300, 300))
    x, channels = _normalized(net, "conv0", "data", 32, 3, stride=2), 32
    for number, (outputs, stride) in enumerate(SEPARABLE, start=1):
        x = _normalized(net, f"conv{number}/dw", x, channels, 3, stride=stride, group=channels)
        x, channels = _normalized(net, f"conv{number}", x, outputs, 1), outputs
    for number, narrow, wide in ((14, 256, 512), (15, 128, 256), (16, 128, 256), (17, 64, 128)):
        x = _normalized(net, f"conv{number}_1", x, narrow, 1)
        x = _normalized(net, f"conv{number}_2", x, wide, 3, stride=2)
    heads = [
        Head("conv11", (60,), (2,)),
        Head("conv13", (105, 150), (2, 3)),
        Head("conv14_2", (150, 195), (2, 3)),
        Head("conv15_2", (195, 240), (2, 3)),
        Head("conv16_2", (240, 285), (2, 3)),
        Head("conv17_2", (285, 300), (2, 3)),
    ]
    return _detections(net, heads, kernel=1, top_k=100, keep=100, threshold=0.25)


def give_work(net: Net, passing: int = 600, seed: int = 1) -> Array:
    """Let so many scores of one random image pass the threshold; returns the image.

    Of each head, classes get scores of deviation 2 and locations of deviation 1; what is added
    to the background's score decides how many others pass.
    """
    give_statistics(net)
    images = random_images(net)
    net.forward(data=images)
    deviations = {"mbox_loc": 1.0, "mbox_conf": 2.0}
    heads = [layer for layer in net.layers if layer.name.endswith(tuple(deviations))]
    for layer in heads:
        if layer.type == "Convolution":
            wanted = deviations[layer.name[layer.name.index("mbox") :]]
            layer.blobs_[0].data[...] *= wanted / max(1e-9, net.blobs[layer.name].data.std())
    net.forward(data=images)
    scores = np.array(net.blobs["mbox_conf"].data, np.float64).reshape(-1, CLASSES)
    (output,) = (layer for layer in net.layers if layer.type == "DetectionOutput")
    threshold = output.layer_param_.detection_output_param.confidence_threshold
    shift = _shift(scores, threshold, passing)
    for layer in heads:
        if layer.type == "Convolution" and layer.name.endswith("conf"):
            layer.blobs_[1].data[::CLASSES] += np.float32(shift)
    return images


def _shift(scores: Array, threshold: float, passing: int) -> float:
    """What the first class needs so that about so many scores of the others pass a threshold."""
    low, high = -100.0, 100.0
    for _ in range(40):
        middle = (low + high) / 2
        moved = np.exp(scores + middle * (np.arange(CLASSES) == 0))
        moved /= moved.sum(axis=1, keepdims=True)
        if (moved[:, 1:] > threshold).sum() > passing:
            low = middle
        else:
            high = middle
    return high


# --- parts ----------------------------------------------------------------------------------------


def _conv_relu(
    net: NetParameter, name: str, x: str, outputs: int, kernel: int, **window: int
) -> str:
    x = convolution(net, name, x, outputs, kernel, weight=MSRA, **window)
    return in_place(net, "ReLU", f"{name}_relu", x)


def _normalized(
    net: NetParameter, name: str, x: str, outputs: int, kernel: int, **window: int
) -> str:
    pad = kernel // 2
    x = convolution(net, name, x, outputs, kernel, pad=pad, weight=MSRA, bias=None, **window)
    x = batch_norm_scale(net, (f"{name}/bn", f"{name}/scale"), x, train=True)
    return in_place(net, "ReLU", f"{name}/relu", x)


def _detections(
    net: NetParameter, heads: Sequence[Head], *, kernel: int, top_k: int, keep: int,
    threshold: float,
) -> NetParameter:  # fmt: skip
    parts = [_head(net, head, kernel) for head in heads]
    for name, axis, tops in zip(("loc", "conf", "priorbox"), (1, 1, 2), zip(*parts), strict=True):  # noqa: B905
        add(net, "Concat", f"mbox_{name}", tops, concat_param={"axis": axis})
    shape = {"shape": {"dim": [0, -1, CLASSES]}}
    x = add(net, "Reshape", "mbox_conf_reshape", ["mbox_conf"], reshape_param=shape)
    x = add(net, "Softmax", "mbox_conf_softmax", [x], softmax_param={"axis": 2})
    x = add(net, "Flatten", "mbox_conf_flatten", [x], flatten_param={"axis": 1})
    settings = {
        "num_classes": CLASSES,
        "share_location": True,
        "background_label_id": 0,
        "nms_param": {"nms_threshold": 0.45, "top_k": top_k},
        "code_type": "CENTER_SIZE",
        "keep_top_k": keep,
        "confidence_threshold": threshold,
    }
    bottoms = ["mbox_loc", x, "mbox_priorbox"]
    add(net, "DetectionOutput", "detection_out", bottoms, detection_output_param=settings)
    return net


def _head(net: NetParameter, head: Head, kernel: int) -> tuple[str, str, str]:
    boxes, tops = len(head.sizes) + 2 * len(head.ratios), []
    for kind, values in (("loc", 4), ("conf", CLASSES)):
        name, pad = f"{head.source}_mbox_{kind}", kernel // 2
        x = convolution(net, name, head.source, boxes * values, kernel, pad=pad, weight=MSRA)
        x = add(net, "Permute", f"{name}_perm", [x], permute_param={"order": [0, 2, 3, 1]})
        tops.append(add(net, "Flatten", f"{name}_flat", [x], flatten_param={"axis": 1}))
    settings = {
        "min_size": head.sizes[:1],
        "max_size": head.sizes[1:],
        "aspect_ratio": head.ratios,
        "flip": True,
        "clip": False,
        "variance": [0.1, 0.1, 0.2, 0.2],
        "offset": 0.5,
        **({"step": head.step} if head.step else {}),
    }
    name = f"{head.source}_mbox_priorbox"
    return (*tops, add(net, "PriorBox", name, [head.source, "data"], prior_box_param=settings))
