"""Pooling: the settings with which Caffe's rule gives the places that ONNX's gives.

Caffe rounds the number of windows up and pads both ends alike. Where that gives other places than
the node has, `round_mode: FLOOR` (NVCaffe) is tried, then padding in front of a pooling without.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads
from blobnet.exchange.onnx.readers.convolution import padded, pads
from blobnet.layers.vision._spatial import pooled_size
from blobnet.ops.window import Window
from blobnet.types import Shape

_LOWEST = float(np.finfo(np.float32).min)


@reads("GlobalAveragePool", "GlobalMaxPool")
def global_pool(node: NodeReader) -> None:
    if len(node.shape()) != 4:
        raise node.error("only images are pooled", got=f"shape {node.shape()}")
    pool = "AVE" if node.op_type == "GlobalAveragePool" else "MAX"
    param = {"pool": pool, "global_pooling": True}
    node.layer("Pooling", [node.blob()], pooling_param=param, last=True)


@reads("MaxPool", "AveragePool")
def pool(node: NodeReader) -> None:
    if len(node.shape()) != 4:
        raise node.error("only images are pooled", got=f"shape {node.shape()}")
    if len(node.outputs) > 1 and node.values.uses.get(node.outputs[1]):
        raise node.error("positions of maxima count through the whole batch, Caffe's do not")
    kernel = [int(taps) for taps in node.attributes.get("kernel_shape", [])]
    if len(kernel) != 2 or min(kernel) < 1:
        raise node.error("a window has two axes", got=kernel)
    begins, ends = pads(node, kernel)
    window = Window(
        tuple(kernel),
        tuple(node.attributes.get("strides") or (1, 1)),
        tuple(begins),
        tuple(node.attributes.get("dilations") or (1, 1)),
    )
    is_max = node.op_type == "MaxPool"
    counts = bool(node.attributes.get("count_include_pad", 0))
    places = _places(node, window, ends)
    words = _words_for(node.shape()[2:], window, ends, places, is_max=is_max, counts=counts)
    if words is not None:
        _pooling(node, node.blob(), window, words, is_max=is_max)
    else:
        _behind_a_pad(node, window, ends, places, is_max=is_max, counts=counts)


def _places(node: NodeReader, window: Window, ends: list[int]) -> Shape:
    """How many windows the node has on each axis."""
    rounds_up, found = bool(node.attributes.get("ceil_mode", 0)), []
    size = node.shape()[2:]
    for axis, length in enumerate(size):
        room = length + window.pad[axis] + ends[axis] - window.extent[axis]
        step = window.stride[axis]
        count = (-(-room // step) if rounds_up else room // step) + 1
        if rounds_up and (count - 1) * step >= length + window.pad[axis]:
            count -= 1  # it would begin in the padding
        found.append(count)
    if min(found) < 1:
        raise node.error("the window does not fit", got=f"{window.kernel} on {size}")
    return tuple(found)


def _words_for(
    size: Shape, window: Window, ends: list[int], places: Shape, *, is_max: bool, counts: bool
) -> dict[str, Any] | None:
    """What must be stated so that Caffe's windows are these; None where nothing does it."""
    if any(pad >= taps for pad, taps in zip(window.pad, window.kernel, strict=True)):
        return None
    is_even = list(window.pad) == list(ends)
    for round_down in (False, True):
        if pooled_size(window, size, round_down=round_down) != places:
            continue
        words: dict[str, Any] = {"round_mode": "FLOOR"} if round_down else {}
        if is_max:
            return words
        if not counts:
            reaches = any(window.pad) or _sticks_out(size, window, places)
            return words | ({"avg_include_pad": False} if reaches else {})
        if is_even:
            return words
    return None


def _sticks_out(size: Shape, window: Window, places: Shape) -> bool:
    """Whether a window goes beyond the image's end."""
    ends = (
        (count - 1) * step + extent - pad > length
        for length, count, step, extent, pad in zip(
            size, places, window.stride, window.extent, window.pad, strict=True
        )
    )
    return any(ends)


def _behind_a_pad(
    node: NodeReader,
    window: Window,
    ends: list[int],
    places: Shape,
    *,
    is_max: bool,
    counts: bool,
) -> None:
    """Padding as pixels, which are pooled like others."""
    if not (is_max or counts):
        raise node.error(
            "Caffe has no such windows that leave padding out of the average",
            got=f"pads {list(window.pad)} and {ends}",
            fix="pad both ends alike, or count the padding (count_include_pad)",
        )
    x = padded(node, node.blob(), list(window.pad), ends, _LOWEST if is_max else 0.0)
    bare, size = window._replace(pad=(0, 0)), node.shape_of(x)[2:]
    words = _words_for(size, bare, [0, 0], places, is_max=is_max, counts=True)
    if words is None:
        raise node.error("Caffe has no such windows", got=f"{places} places on {size}")
    _pooling(node, x, bare, words, is_max=is_max)


def _pooling(
    node: NodeReader, x: str, window: Window, words: dict[str, Any], *, is_max: bool
) -> None:
    (kernel_h, kernel_w), (stride_h, stride_w), (pad_h, pad_w) = window[:3]
    param = {
        "pool": "MAX" if is_max else "AVE",
        "kernel_h": kernel_h,
        "kernel_w": kernel_w,
        "stride_h": stride_h,
        "stride_w": stride_w,
        "pad_h": pad_h,
        "pad_w": pad_w,
        **words,
    }
    if set(window.dilation) != {1}:
        param["dilation"] = list(window.dilation)
    node.layer("Pooling", [x], pooling_param=param, last=True)
