"""Settings of every layer type, with tiny inputs: what the schema allows, mostly senseless."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator

import numpy as np
from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.message import Message

import blobnet
from blobnet.fillers import FILLERS
from blobnet.layer_register import create_layer
from blobnet.proto import LayerParameter, NetParameter
from scripts.fuzzing._messages import is_repeated, is_supported, some_choice

FILES = {"Data", "HDF5Data", "HDF5Output", "ImageData", "Python", "WindowData"}
FILES |= {"ChannelAggregator", "DenseImageData", "ImageSegData", "MatRead", "MatWrite"}
"""They read or write files, or run code: these have formats of their own."""

PARAMS = {
    "Deconvolution": ["convolution_param"],
    "Im2col": ["convolution_param"],
    "LSTM": ["recurrent_param"],
    "RNN": ["recurrent_param"],
    "SoftmaxWithLoss": ["softmax_param", "loss_param"],
    "SigmoidCrossEntropyLoss": ["loss_param"],
    "InfogainLoss": ["infogain_loss_param", "loss_param"],
    "PSROIPooling": ["psroi_pooling_param"],
    "SmoothL1Loss": ["smooth_l1_loss_param", "smoothl1_param", "loss_param"],
    "SmoothL1LossOHEM": ["loss_param"],
    "SoftmaxWithLossOHEM": ["softmax_param", "loss_param"],
    "MultiBoxLoss": ["multibox_loss_param", "loss_param"],
    "Normalize": ["norm_param", "normalize_param"],
}
IMAGE, WINDOW = (2, 2, 4, 4), "convolution_param { num_output: 2 kernel_size: 3 }"
FIELD = "multi_stage_meanfield_param { num_iterations: 2 }"
SCORES: list[tuple[int, ...]] = [(4, 3), (4,)]
ROIS = (3, 5)
PRIORS = (1, 2, 12)  # three boxes, with variances
BASES: dict[str, tuple[str, list[tuple[int, ...]]]] = {
    "Accuracy": ("", SCORES),
    "AdaptiveBiasChannel": ("", [IMAGE, (2, 2, 1, 1)]),
    "BatchReindex": ("", [(4, 3), (5,)]),
    "Bias": ("", [(2, 3, 4)]),
    "BoxAnnotatorOHEM": (
        "box_annotator_ohem_param { roi_per_img: 2 }",
        [(4, 5), (4,), (4,), (4, 8)],
    ),
    "BiasChannel": ("", [IMAGE, (2, 1, 4, 4)]),
    "CensorLabel": ("", [(2, 1, 4, 4), (2, 2, 1, 1)]),
    "Clip": ("clip_param { min: -1 max: 1 }", [IMAGE]),
    "Concat": ("", [(2, 3), (2, 3)]),
    "ContrastiveLoss": ("", [(4, 3), (4, 3), (4,)]),
    "Convolution": (WINDOW, [IMAGE]),
    "Crop": ("", [IMAGE, (2, 2, 3, 3)]),
    "Deconvolution": (WINDOW, [IMAGE]),
    "DetectionEvaluate": (
        "detection_evaluate_param { num_classes: 3 }",
        [(1, 1, 4, 7), (1, 1, 3, 8)],
    ),
    "DetectionOutput": (
        "detection_output_param { num_classes: 3 }",
        [(2, 12), (2, 9), PRIORS],
    ),
    "DenseCRF": ("", [IMAGE, (2, 2)]),
    "DomainTransform": ("", [IMAGE, (2, 1, 4, 4), (2, 2)]),
    "DummyData": ("dummy_data_param { shape { dim: 2 dim: 3 } }", []),
    "Eltwise": ("", [IMAGE, IMAGE]),
    "Embed": ("embed_param { num_output: 3 input_dim: 5 }", [(2, 3)]),
    "EuclideanLoss": ("", [(4, 3), (4, 3)]),
    "Filter": ("", [(4, 3), (4,)]),
    "HingeLoss": ("", SCORES),
    "Im2col": (WINDOW, [IMAGE]),
    "InfogainLoss": ("", [*SCORES, (1, 1, 3, 3)]),
    "InnerProduct": ("inner_product_param { num_output: 3 }", [IMAGE]),
    "InnerProductBlob": ("", [(4, 3), (2, 3)]),
    "LSTM": ("recurrent_param { num_output: 3 }", [(3, 2, 4), (3, 2)]),
    "LSTMUnit": ("", [(1, 2, 3), (1, 2, 12), (1, 2)]),
    "MaskPooling": ("", [IMAGE, (2, 1, 4, 4)]),
    "MaskResize": ("mask_resize_param { output_height: 3 output_width: 5 }", [IMAGE]),
    "MemoryData": ("memory_data_param { batch_size: 2 channels: 1 height: 3 width: 3 }", []),
    "MultiBoxLoss": (
        "multibox_loss_param { num_classes: 3 }",
        [(2, 12), (2, 9), PRIORS, (1, 1, 3, 8)],
    ),
    "MultiStageMeanfield": (FIELD, [IMAGE, IMAGE, (2, 3, 4, 4)]),
    "MultinomialLogisticLoss": ("", SCORES),
    "PSROIPooling": (
        "psroi_pooling_param { spatial_scale: 1 output_dim: 2 group_size: 1 }",
        [IMAGE, ROIS],
    ),
    "Pooling": ("pooling_param { kernel_size: 2 stride: 2 }", [IMAGE]),
    "Proposal": ("proposal_param { ratio: 1 scale: 1 }", [(1, 2, 4, 4), (1, 4, 4, 4), (1, 3)]),
    "Permute": ("permute_param { order: 0 order: 2 }", [IMAGE]),
    "PriorBox": ("prior_box_param { min_size: 3 }", [IMAGE, (2, 3, 16, 16)]),
    "RNN": ("recurrent_param { num_output: 3 }", [(3, 2, 4), (3, 2)]),
    "ROIPooling": ("roi_pooling_param { pooled_h: 2 pooled_w: 2 }", [IMAGE, ROIS]),
    "ROIWarping": ("roi_warping_param { pooled_h: 2 pooled_w: 2 }", [IMAGE, ROIS]),
    "Reshape": ("reshape_param { shape { dim: -1 } }", [IMAGE]),
    "SegAccuracy": ("", [IMAGE, (2, 1, 4, 4)]),
    "SpatialProduct": ("", [IMAGE, (2, 1, 4, 4)]),
    "SPP": ("spp_param { pyramid_height: 2 }", [IMAGE]),
    "Scale": ("", [(2, 3, 4)]),
    "SigmoidCrossEntropyLoss": ("", [(4, 3), (4, 3)]),
    "SmoothL1Loss": ("", [(4, 3), (4, 3)]),
    "SmoothL1LossOHEM": ("", [(4, 3), (4, 3)]),
    "SoftmaxWithLoss": ("", SCORES),
    "SoftmaxWithLossOHEM": ("", SCORES),
    "Tile": ("tile_param { tiles: 2 }", [IMAGE]),
}
"""Settings and shapes that are sound, to spoil."""

SMALL = [0, 1, 2, 3, 4, 5, 7]
EXTREME = [-1, -2, 8, 16, 100, 1000, 5001, 10**5, 10**6, 2**31 - 2, 2**31 - 1, -(2**31)]
UNSIGNED = [8, 16, 100, 1000, 5001, 10**5, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]
HUGE = [2**40, 2**62, 2**63 - 1, -(2**63)]
FLOATS = [0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 0.75, 0.001, -0.5]
STRANGE = [1e38, -1e38, 3.4e38, 1e-38, 1e-45, 1e300, float("nan"), float("inf"), -float("inf"), 1e9]
RANGES = {
    Field.CPPTYPE_INT32: EXTREME,
    Field.CPPTYPE_UINT32: UNSIGNED,
    Field.CPPTYPE_INT64: EXTREME + HUGE,
    Field.CPPTYPE_UINT64: UNSIGNED,
}
VALUES = [1.0, 0.0, float("nan"), float("inf"), -float("inf"), 3e38, -3e38, 1e-45]


def draw(rng: random.Random) -> str:
    """A net of inputs and one layer, as text."""
    name = rng.choice([name for name in blobnet.layer_type_list() if name not in FILES])
    net = NetParameter(force_backward=rng.random() < 0.8)
    settings, shapes = BASES.get(name, ("", [IMAGE])) if rng.random() < 0.7 else ("", [])
    layer = text_format.Parse(f'name: "it" type: "{name}" {settings}', LayerParameter())
    made = create_layer(layer)
    bottoms = _count(rng, made, "bottom")
    if shapes and rng.random() < 0.8:
        bottoms = len(shapes)
    shape = [rng.choice([1, 1, 2, 3, 4, 5]) for _ in range(rng.choice([0, 1, 2, 3, 4, 4, 4, 4, 5]))]
    for index in range(bottoms):
        data = net.layer.add(name=f"in{index}", type="Input", top=[f"x{index}"])
        drawn = shape if not index or rng.random() < 0.4 else _other(rng, shape)
        data.input_param.shape.add(dim=shapes[index] if index < len(shapes) else drawn)
    layer.bottom.extend(f"x{index}" for index in range(bottoms))
    if rng.random() < 0.1 and bottoms:
        layer.top.append("x0")
    else:
        tops = bottoms if made.equal_num_bottom_top_blobs else _count(rng, made, "top")
        layer.top.extend(f"y{index}" for index in range(tops))
    for param in PARAMS.get(name, [_param_of(layer, name)]):
        if param:
            _fill(rng, getattr(layer, param), rng.choice([0.1, 0.2, 0.5 if shapes else 0.8]))
    if layer.recurrent_param.num_output in range(100, 10**5 + 1):
        layer.recurrent_param.num_output = 100  # square weights: much work, and rightly so
    if rng.random() < 0.1:
        layer.loss_weight.extend(rng.choice(FLOATS + STRANGE) for _ in layer.top)
    net.layer.append(layer)
    return text_format.MessageToString(net)


def run(case: str) -> None:
    """Forward and backward, in both phases."""
    seed = zlib.crc32(case.encode())
    for phase in ("TRAIN", "TEST"):
        rng = np.random.default_rng(seed)
        net = blobnet.Net(blobnet.parse_net(case), phase)
        for name in net.inputs:
            _set(rng, net.blobs[name].data)
        for _ in range(2):
            net.forward()
            for name in net.outputs:
                net.blobs[name].diff[...] = 1
            net.backward()


def smaller(case: str) -> Iterator[str]:
    net = text_format.Parse(case, NetParameter())
    for index, layer in enumerate(net.layer):
        for parent, field, at in _fields(layer):
            candidate = NetParameter()
            candidate.CopyFrom(net)
            target = candidate.layer[index]
            for name in parent:
                target = getattr(target, name)
            if at is None:
                target.ClearField(field)
            else:
                del getattr(target, field)[at]
            yield text_format.MessageToString(candidate)


def show(case: str) -> str:
    return text_format.MessageToString(text_format.Parse(case, NetParameter()), as_one_line=True)


def _fields(message: Message, above: tuple[str, ...] = ()) -> Iterator[tuple]:
    """(path, field, place in it) of all that could be left out."""
    for field, value in message.ListFields():
        if field.name in ("name", "type") and not above:
            continue
        if not is_repeated(field):
            yield above, field.name, None
            if field.message_type:
                yield from _fields(value, (*above, field.name))
        else:
            yield from ((above, field.name, at) for at in range(len(value)))


def _count(rng: random.Random, layer: blobnet.Layer, side: str) -> int:
    exact = getattr(layer, f"exact_num_{side}_blobs")
    if exact is not None:
        return exact
    least, most = (getattr(layer, f"{which}_{side}_blobs") for which in ("min", "max"))
    return rng.randint(least or 0, most if most is not None else (least or 0) + 2)


def _other(rng: random.Random, shape: list[int]) -> list[int]:
    """The shape of labels, of a part, or anything."""
    return rng.choice(
        [shape[:1], shape[:2], [1], [], shape[1:], shape[:1] + shape[2:], [*shape, 2]]
    )


def _param_of(layer: Message, name: str) -> str:
    wanted = name.lower() + "param"
    fields = (field.name for field in layer.DESCRIPTOR.fields)
    return next((field for field in fields if field.replace("_", "") == wanted), "")


def _fill(rng: random.Random, message: Message, chance: float) -> None:
    for field in filter(is_supported, message.DESCRIPTOR.fields):
        if rng.random() > chance:
            continue
        if is_repeated(field):
            values = getattr(message, field.name)
            for _ in range(rng.choice([1, 1, 2, 3])):
                if field.message_type:
                    _fill(rng, values.add(), chance)
                else:
                    values.append(_value(rng, field))
        elif field.message_type:
            _fill(rng, getattr(message, field.name), chance)
        else:
            setattr(message, field.name, _value(rng, field))


def _value(rng: random.Random, field: Field) -> object:
    is_usual = rng.random() < 0.75
    if field.enum_type:
        return some_choice(rng, field)
    if field.cpp_type == Field.CPPTYPE_BOOL:
        return rng.random() < 0.5
    if field.cpp_type == Field.CPPTYPE_STRING:
        return rng.choice(sorted(FILLERS) if field.name == "type" else ["", "x"])
    if field.cpp_type in (Field.CPPTYPE_FLOAT, Field.CPPTYPE_DOUBLE):
        return rng.choice(FLOATS if is_usual else STRANGE)
    return rng.choice(SMALL if is_usual else RANGES[field.cpp_type])


def _set(rng: np.random.Generator, data: np.ndarray) -> None:
    """Numbers, labels, or anything that a float can be."""
    kind = rng.integers(4)
    if kind == 0:
        data[...] = rng.integers(0, 3, data.shape)
    elif kind < 3:
        data[...] = rng.normal(size=data.shape)
    else:
        data[...] = rng.choice(np.array(VALUES, np.float32), data.shape)
