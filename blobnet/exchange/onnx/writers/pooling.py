"""Pooling by Caffe's rule, which ONNX's `ceil_mode` is not.

Caffe rounds up, so that a last window may stick out, but drops it where it would begin in the
padding at the end. That is what rounding down gives with more padding at the end: stride - 1
pixels more, kernel - 1 at most. Said so, all runtimes agree, for images of any size. What the
window has beyond Caffe's own padding does not count in the divisor of an average: Caffe's padding
is written as a Pad in front then, and the rest as padding that is not counted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes, as_images
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.vision._margins import has_margins
from blobnet.layers.vision._spatial import pooled_size, pooling_window, rounds_down
from blobnet.layers.vision.nd_pooling import NdPooling
from blobnet.layers.vision.pooling import Pooling
from blobnet.layers.vision.spp import SPP
from blobnet.layers.volume.pooling3d import Pooling3D
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.window import Window, pixel_counts, window_counts
from blobnet.proto import PoolingParameter, SPPParameter
from blobnet.types import Array, DType, Shape

_LOWEST = float(np.finfo(np.float32).min)
_MAX, _AVE = PoolingParameter.MAX, PoolingParameter.AVE


class Pool(NamedTuple):
    """How images are pooled."""

    method: int
    window: Window
    round_down: bool = False
    counts_padding: bool = True

    @property
    def end_pads(self) -> list[int]:
        """Padding at the end with which rounding down gives Caffe's number of places."""
        window = self.window
        if self.round_down:
            return list(window.pad)
        pads = []
        for extent, stride, pad in zip(window.extent, window.stride, window.pad, strict=True):
            wanted = pad + stride - 1
            pads.append(min(wanted, extent - 1) if any(window.pad) else wanted)
        return pads


@writes(Pooling, NdPooling)
def pooling(nodes: LayerNodes) -> str | list[str]:
    param, layer = nodes.param.pooling_param, nodes.layer
    shape, axis = nodes.bottom_shapes[0], nodes.axis(param.axis)
    if len(shape) - axis > 4:
        raise ExportError("ONNX Runtime does not pool over more than three axes")
    x, excluding = as_images(nodes, axis), (PoolingParameter.AVE_EXC_PAD, PoolingParameter.AVE_TF)
    method = _AVE if param.pool in excluding else param.pool
    if has_margins(nodes.base, param):
        made = [_in_margins(nodes, x, method)]
    elif param.global_pooling and len(nodes.top_shapes) == 1 and method in (_MAX, _AVE):
        y = nodes.op("GlobalMaxPool" if method == _MAX else "GlobalAveragePool", x)
        made = [y]
    else:
        window = pooling_window(layer, param, shape[axis + 1 :])
        counts_padding = param.avg_include_pad and param.pool not in excluding
        pool = Pool(method, window, rounds_down(layer, param), counts_padding)
        made = pooled(nodes, x, pool, len(nodes.top_shapes))
    if axis != 1:
        top = nodes.top_shapes[0]
        joined = (math.prod(top[:axis]), *top[axis:])
        made = [nodes.reshape(value, joined, top) for value in made]
    return made


def _in_margins(nodes: LayerNodes, x: str, method: int) -> str:
    """Padding that differs from side to side, and windows that may stick out at the end."""
    layer, size = nodes.layer, nodes.bottom_shapes[0][-2:]
    window, places = layer._window, nodes.top_shapes[0][-2:]
    starts, ends = [], []
    for axis, (front, _) in enumerate(layer._margins):
        reach = (places[axis] - 1) * window.stride[axis] + window.kernel[axis]
        starts.append(front)
        ends.append(reach - front - size[axis])
    is_max = method == _MAX
    x = _padded(nodes, x, [*starts, *ends], _LOWEST if is_max else 0)
    words = _words(window, [0] * 4)
    if is_max:
        return nodes.op("MaxPool", x, **words)
    y = nodes.op("AveragePool", x, **words)
    padded = layer._margins.size(size)
    inner = window._replace(pad=(0, 0))
    factor = math.prod(window.kernel) / window_counts(inner, padded, places, np.dtype(np.float32))
    if not layer._counts_padding:
        factor = factor * layer._pixel_shares(np.dtype(np.float32))
    return y if (factor == 1).all() else nodes.op("Mul", y, nodes.array(factor, "shares"))


@writes(Pooling3D)
def pooling3d(nodes: LayerNodes) -> str:
    """C3D's: a window that sticks out is never dropped; where it counts padding, as Pooling."""
    if nodes.layer._of_p3d is not None:
        raise ExportError("P3D's, with kernel_l or global_pooling, has no writer: write C3D's")
    window, is_max = nodes.layer._window, nodes.layer._is_max
    ends = [stride - 1 for stride in window.stride]
    if any(end >= taps for end, taps in zip(ends, window.kernel, strict=True)):
        raise ExportError("a stride larger than the kernel has windows beside the clip")
    x = nodes.bottoms[0]
    if any(window.pad):
        x = _padded(nodes, x, [*window.pad, *window.pad], 0)
    words = _words(window, [0, 0, 0, *ends])
    return nodes.op("MaxPool" if is_max else "AveragePool", x, **words)


@writes(SPP)
def spp(nodes: LayerNodes) -> str:
    """Grid by grid; a grid of one window is a global one only where no padding counts."""
    param, size = nodes.param.spp_param, nodes.bottom_shapes[0][2:]
    method = PoolingParameter.PoolMethod.Value(SPPParameter.PoolMethod.Name(param.pool))
    rows = []
    for level in range(param.pyramid_height):
        bins = 2**level
        kernel = tuple(-(-length // bins) for length in size)
        pad = tuple((bins * k - length + 1) // 2 for k, length in zip(kernel, size, strict=True))
        window = Window(kernel, kernel, pad, (1, 1))
        y = pooled(nodes, nodes.bottoms[0], Pool(method, window), 1)[0]
        if param.pyramid_height == 1:
            return y
        rows.append(nodes.op("Flatten", y, axis=1))
    return nodes.op("Concat", *rows, axis=1)


def pooled(nodes: LayerNodes, x: str, pool: Pool, tops: int) -> list[str]:
    """x, which is (N, C, H, W), pooled; with a second top where each maximum stood."""
    if pool.method == _MAX:
        return _maxima(nodes, x, pool, tops)
    if pool.method == _AVE:
        return [_average(nodes, x, pool)]
    return [_expected(nodes, x, pool)]


def _maxima(nodes: LayerNodes, x: str, pool: Pool, tops: int) -> list[str]:
    window, ends = pool.window, pool.end_pads
    pads = [*window.pad, *ends]
    if any(pad >= taps for pad, taps in zip(pads, window.kernel * 2, strict=True)):
        if tops > 1:
            raise ExportError("windows beside the image have no position: write round_mode: FLOOR")
        x, pads = _padded(nodes, x, pads, _LOWEST), [0] * len(pads)
    words = _words(window, pads)
    if set(window.dilation) != {1}:
        words["dilations"] = list(window.dilation)
    made = nodes.ops("MaxPool", [x], tops, **words)
    if tops == 1:
        return made
    plane = nodes.op("ReduceProd", nodes.lengths(x, 2), keepdims=1)
    return [made[0], nodes.cast(nodes.op("Mod", made[1], plane), "FLOAT")]


def _average(nodes: LayerNodes, x: str, pool: Pool) -> str:
    window, ends = pool.window, pool.end_pads
    too_far = any(end >= taps for end, taps in zip(ends, window.kernel, strict=True))
    if too_far or set(window.dilation) != {1}:
        return _average_by_counts(nodes, x, pool)
    if not pool.counts_padding:
        return nodes.op("AveragePool", x, **_words(window, [*window.pad, *ends]))
    if pool.round_down:
        return nodes.op(
            "AveragePool", x, **_words(window, [*window.pad, *ends]), count_include_pad=1
        )
    if any(window.pad):
        x = _padded(nodes, x, [*window.pad, *window.pad], 0)
        ends = [end - pad for end, pad in zip(ends, window.pad, strict=True)]
    return nodes.op("AveragePool", x, **_words(window, [*(0 for _ in ends), *ends]))


def _average_by_counts(nodes: LayerNodes, x: str, pool: Pool) -> str:
    """With holes in the windows, or windows beside the image: sums, divided by what they count.

    The counts are those of images of this size.
    """
    window, (channels, *size) = pool.window, nodes.bottom_shapes[0][-3:]
    if len(window.kernel) != 2:
        raise ExportError(
            "averages over more than two axes are written without dilation, and without windows "
            "that reach beyond the padding: write round_mode: FLOOR"
        )
    places = pooled_size(window, tuple(size), round_down=pool.round_down)
    count = window_counts if pool.counts_padding else _pixels
    with overflow_allowed():  # windows without a pixel give NaN, as in Caffe
        shares = 1 / count(window, tuple(size), places, np.dtype(np.float32))
    x = _padded(nodes, x, [*window.pad, *pool.end_pads], 0)
    ones = nodes.array(np.ones((channels, 1, *window.kernel)), "ones")
    words = _words(window, [0] * 4) | {"dilations": list(window.dilation)}
    return nodes.op("Mul", nodes.op("Conv", x, ones, group=channels, **words), nodes.array(shares))


def _pixels(window: Window, size: Shape, places: Shape, dtype: DType) -> Array:
    """How many pixels count; 1 where there is none, so that the average is 0."""
    return np.maximum(pixel_counts(window, size, places), 1).astype(dtype)


def _expected(nodes: LayerNodes, x: str, pool: Pool) -> str:
    """STOCHASTIC in TEST: sum(x * x) / sum(x), where both averages have one divisor; 0 for 0."""
    squares = _average(nodes, nodes.op("Mul", x, x), pool)
    sums = _average(nodes, x, pool)
    is_none = nodes.op("Equal", sums, nodes.array(0, "zero"))
    divisor = nodes.op("Where", is_none, nodes.array(1, "one"), sums)
    quotient = nodes.op("Div", squares, divisor)
    return nodes.op("Where", is_none, nodes.array(0, "zero"), quotient)


def _padded(nodes: LayerNodes, x: str, pads: list[int], value: float) -> str:
    """x with so many pixels around: top, left, bottom, right; of a clip first in time."""
    half = len(pads) // 2
    around = nodes.ints(0, 0, *pads[:half], 0, 0, *pads[half:], name="pads")
    return nodes.op("Pad", x, around, nodes.array(value, "padding"))


def _words(window: Window, pads: list[int]) -> dict[str, list[int]]:
    return {"kernel_shape": list(window.kernel), "strides": list(window.stride), "pads": pads}
