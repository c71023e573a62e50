"""Images in another size, and what is put around them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads
from blobnet.exchange.onnx.readers.convolution import padded
from blobnet.types import IntArray, Shape

_CENTRES = {
    "half_pixel": {"half_pixel_centers": True},
    "pytorch_half_pixel": {"half_pixel_centers": True},
}
_KINDS = {"constant": "CONSTANT", "edge": "REPLICATE", "reflect": "REFLECT"}


@reads("Upsample")
def upsample(node: NodeReader) -> None:
    """ONNX's until opset 9: pixels begin at the same place."""
    scales = node.attributes.get("scales") or node.known(1, "scales").tolist()
    size = tuple(round(length * scale) for length, scale in zip(node.shape(), scales, strict=True))
    _resize(node, size, scales, node.attributes.get("mode", "nearest"), "asymmetric", "floor")


@reads("Resize")
def resize(node: NodeReader) -> None:
    index = 1 if node.opset == 10 else 2
    if node.attributes.get("axes") or node.attributes.get("antialias"):
        raise node.error("`axes` and `antialias` are not read")
    if node.has(3):
        size = tuple(int(length) for length in node.known(3, "sizes"))
        scales = [new / old for new, old in zip(size, node.shape(), strict=True)]
    else:
        scales = [float(scale) for scale in node.known(index, "scales")]
        size = tuple(int(n * scale) for n, scale in zip(node.shape(), scales, strict=True))
    way = node.attributes.get("coordinate_transformation_mode", "half_pixel")
    way = "asymmetric" if node.opset == 10 else way
    default = "floor" if node.opset == 10 else "round_prefer_floor"
    nearest = node.attributes.get("nearest_mode", default)
    _resize(node, size, scales, node.attributes.get("mode", "nearest"), way, nearest)


def _resize(
    node: NodeReader, size: Shape, scales: Sequence[float], mode: str, way: str, nearest: str
) -> None:
    """The layer of Caffe's forks that shows the same pixels, or mixes them alike."""
    shape = node.shape()
    if len(shape) != 4 or size[:2] != shape[:2]:
        raise node.error("only images are resized", got=f"{shape} to {size}")
    layer = None
    if mode == "nearest":
        layer = _nearest(shape[2:], size[2:], scales[2:], way, nearest)
    elif mode == "linear":
        layer = _linear(shape[2:], size[2:], scales[2:], way)
    is_same = size == shape and set(scales) == {1.0}
    if is_same and way != "tf_crop_and_resize":
        node.give(node.blob())
    elif layer is None:
        raise node.error(
            "no layer of Caffe's forks resizes like that",
            got=f"{mode}, {way}, {shape} to {size}, scales {list(scales[2:])}",
            fix="in PyTorch mode='nearest' or 'bilinear', and where sizes are no whole multiples "
            "size=(H, W) in place of scale_factor; cubic and antialias have no layer",
        )
    else:
        type_name, params = layer
        node.layer(type_name, [node.blob()], last=True, **params)


_Layer = tuple[str, dict[str, Any]]


def _nearest(
    old: Shape, new: Shape, scales: Sequence[float], way: str, nearest: str
) -> _Layer | None:
    """Upsample, or ResizeNearestNeighbor with the rule that picks the very same pixels."""
    try:
        picked = [picked_pixels(*axis, way, nearest) for axis in zip(old, new, scales, strict=True)]
    except KeyError:
        return None
    factor = new[0] // old[0]
    if factor and all(
        np.array_equal(picks, np.arange(length * factor) // factor)
        for picks, length in zip(picked, old, strict=True)
    ):
        return "Upsample", {"upsample_param": {"scale": factor}}
    for rule in ("", "half_pixel_centers", "half_pixel_onnx", "align_corners"):
        if all(
            np.array_equal(picks, nearest_pixels(*axis, rule))
            for picks, axis in zip(picked, zip(old, new, strict=True), strict=True)
        ):
            param = _of_tensorflow(new) | ({rule: True} if rule else {})
            return "ResizeNearestNeighbor", {"resize_nearest_neighbor_param": param}
    return None


def _linear(old: Shape, new: Shape, scales: Sequence[float], way: str) -> _Layer | None:
    """Interp for corners on corners; for centres on centres Resample, or ResizeBilinear."""
    if way == "align_corners":
        return "Interp", {"interp_param": {"height": new[0], "width": new[1]}}
    told = zip(old, new, scales, strict=True)
    if any(abs(after / before - scale) > 1e-6 * scale for before, after, scale in told):
        return None  # pixels stand as the scale says, which is not the ratio of the sizes
    factor = new[0] // old[0]
    if way in _CENTRES and factor and new == tuple(length * factor for length in old):
        size = {"height": new[0], "width": new[1]}
        return "Resample", {"resample_param": {"type": "LINEAR", "antialias": False, **size}}
    rule = {"asymmetric": {}, **_CENTRES}.get(way)
    if rule is None or (way == "pytorch_half_pixel" and 1 in new):
        return None
    return "ResizeBilinear", {"resize_bilinear_param": _of_tensorflow(new) | rule}


def _of_tensorflow(size: Shape) -> dict[str, Any]:
    return {"data_format": "NCHW", "output_height": size[0], "output_width": size[1]}


def picked_pixels(old: int, new: int, scale: float, way: str, nearest: str) -> IntArray:
    """Which pixel of an axis each new one shows, as ONNX says it. KeyError for words of others."""
    steps = np.arange(new, dtype=np.float64)
    corners = steps * ((old - 1) / (new - 1)) if new > 1 else np.zeros(1)
    place = {
        "asymmetric": steps / scale,
        "half_pixel": (steps + 0.5) / scale - 0.5,
        "pytorch_half_pixel": (steps + 0.5) / scale - 0.5 if new > 1 else np.zeros(1),
        "align_corners": corners,
    }[way]
    rounded = {
        "floor": np.floor(place),
        "ceil": np.ceil(place),
        "round_prefer_floor": np.ceil(place - 0.5),
        "round_prefer_ceil": np.floor(place + 0.5),
    }[nearest]
    return rounded.clip(0, old - 1).astype(np.intp)


def nearest_pixels(old: int, new: int, rule: str) -> IntArray:
    """The same, as ResizeNearestNeighbor has it by one of its rules."""
    steps = np.arange(new, dtype=np.float64)
    place = (steps + (0.5 if rule.startswith("half") else 0)) * (old / new)
    if rule == "align_corners":
        place = steps * ((old - 1) / max(new - 1, 1)) + 0.5
    if rule == "half_pixel_onnx":
        place -= 0.5
    return np.floor(place).clip(0, old - 1).astype(np.intp)


@reads("Pad")
def pad(node: NodeReader) -> None:
    around, axes = node.numbers(1, "pads") or [], len(node.shape())
    mode = node.attributes.get("mode", "constant")
    value = node.attributes.get("value", 0.0)
    if node.has(2):
        value = float(node.known(2, "value").reshape(-1)[0])
    begins, ends = around[:axes], around[axes:]
    if node.has(3) or len(around) != 2 * axes or min(around, default=0) < 0:
        raise node.error("stated are two numbers for each axis, 0 or more", got=around)
    if mode not in _KINDS:
        raise node.error("this mode is not read", got=mode)
    x, kind = node.blob(), _KINDS[mode]
    for axis in range(axes - 2 if axes == 4 else axes):
        if begins[axis] or ends[axis]:
            x = _padded_axis(node, x, axis, begins[axis], ends[axis], value, kind)
    if axes == 4 and any(begins[-2:] + ends[-2:]):
        padded(node, x, begins[-2:], ends[-2:], value, kind, last=True)
    else:
        node.give(x)


def _padded_axis(
    node: NodeReader, x: str, axis: int, begin: int, end: int, value: float, kind: str
) -> str:
    """More around one axis, which is the rows of an image meanwhile."""
    shape = node.shape_of(x)
    flat = (1, math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :]))
    x = padded(node, node.reshaped(x, flat), [begin, 0], [end, 0], value, kind)
    return node.reshaped(x, (*shape[:axis], shape[axis] + begin + end, *shape[axis + 1 :]))


@reads("DepthToSpace")
def depth_to_space(node: NodeReader) -> None:
    """CRD is Intel's pixelshuffler, DCR Xilinx's GSTiling."""
    r = node.attributes["blocksize"]
    if node.attributes.get("mode", "DCR") == "CRD":
        node.layer("Reshape", [node.blob()], reshape_param={"pixelshuffler": r}, last=True)
    else:
        param = {"stride": r, "reverse": True}
        node.layer("GSTiling", [node.blob()], gs_tiling_param=param, last=True)


@reads("SpaceToDepth")
def space_to_depth(node: NodeReader) -> None:
    param = {"stride": node.attributes["blocksize"]}
    node.layer("GSTiling", [node.blob()], gs_tiling_param=param, last=True)
