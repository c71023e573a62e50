"""How the coordinates of two blobs of a net specification relate. Caffe: python/caffe/coord_map.py.

    from blobnet.pycaffe.coord_map import crop
    n.score = crop(n.upscore, n.data)  # a Crop layer with the offset that fits

A map is (axis, scale, shift): the place `x` of one blob is `scale * x + shift` in the other, on all
axes from `axis` on; the axis is None where nothing depends on it. Scales and shifts are
arrays of a value for each axis, or one for all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from blobnet.errors import NetError, explain
from blobnet.pycaffe.net_spec import Function, Top
from blobnet.pycaffe.net_spec import layers as L  # noqa: N812 - as everybody calls it

CoordMap = tuple[int | None, Any, Any]

PASS_THROUGH_LAYERS = [
    *("AbsVal", "BatchNorm", "Bias", "BNLL", "Dropout", "Eltwise", "ELU", "Log", "LRN", "Exp"),
    *("MVN", "Power", "ReLU", "PReLU", "Scale", "Sigmoid", "Split", "TanH", "Threshold"),
]
"""Types whose tops lie upon their bottoms; a script may add its own."""

_WINDOWS = ("Convolution", "Pooling", "Im2col")
_MESSAGES = ("convolution_param", "pooling_param")
_LEGACY = ("pad_h", "pad_w", "kernel_h", "kernel_w", "stride_h", "stride_w")
_IDENTITY: CoordMap = (None, 1, 0)


class UndefinedMapException(NetError):  # noqa: N818 - pycaffe's name
    """A layer whose coordinates do not follow from those of its bottoms."""


class AxisMismatchException(NetError):  # noqa: N818 - pycaffe's name
    """Two maps begin at different axes."""


class UnconnectedError(NetError, RuntimeError):
    """No way of layers with maps leads from one top to the other."""


class CropError(NetError, AssertionError):
    """What cannot be cropped: another scale, an offset that is negative or no integer."""


def conv_params(fn: Function) -> tuple[int, Any, Any, Any]:
    """(axis, stride, kernel size with dilation, pad) of a layer with windows, as arrays.

    Raises UndefinedMapException without a kernel_size, CropError for kernel_h and its like.
    """
    params = next((fn.params[name] for name in _MESSAGES if name in fn.params), fn.params)
    legacy = [name for name in _LEGACY if name in params or name in fn.params]
    if legacy:
        what = f"{fn!r}: cropping does not support legacy _h/_w params"
        fix = "write kernel_size=[H, W], stride=[H, W], pad=[H, W]"
        raise CropError(explain(what, got=", ".join(legacy), fix=fix))
    if "kernel_size" not in params:
        raise UndefinedMapException(explain(f"{fn!r} has no kernel_size"))
    kernel_size = np.array(params["kernel_size"], ndmin=1)
    dilation = np.array(params.get("dilation", 1), ndmin=1)
    stride = np.array(params.get("stride", 1), ndmin=1)
    pad = np.array(params.get("pad", 0), ndmin=1)
    return params.get("axis", 1), stride, (kernel_size - 1) * dilation + 1, pad


def crop_params(fn: Function) -> tuple[int, Any]:
    """(axis, offset) of a Crop layer."""
    params = fn.params.get("crop_param", fn.params)
    return params.get("axis", 2), np.array(params.get("offset", 0), ndmin=1)


def coord_map(fn: Function) -> CoordMap:
    """The map from a layer's bottom to its top. Raises UndefinedMapException."""
    if fn.type_name in _WINDOWS:
        axis, stride, kernel_size, pad = conv_params(fn)
        return axis, 1 / stride, (pad - (kernel_size - 1) / 2) / stride
    if fn.type_name == "Deconvolution":
        axis, stride, kernel_size, pad = conv_params(fn)
        return axis, stride, (kernel_size - 1) / 2 - pad
    if fn.type_name in PASS_THROUGH_LAYERS:
        return _IDENTITY
    if fn.type_name == "Crop":
        axis, offset = crop_params(fn)
        return axis - 1, 1, -offset  # a map begins one axis before what is cropped
    raise UndefinedMapException(explain(f"layers of type {fn.type_name} have no coordinate map"))


def compose(base_map: CoordMap, next_map: CoordMap) -> CoordMap:
    """`next_map`, and then `base_map`. Raises AxisMismatchException."""
    axis, scale, shift = base_map
    next_axis, next_scale, next_shift = next_map
    if axis is not None and next_axis is not None and axis != next_axis:
        what = "coordinate maps of different axes cannot follow each other"
        raise AxisMismatchException(explain(what, got=f"axis {axis} and axis {next_axis}"))
    found = next_axis if axis is None else axis
    return found, scale * next_scale, scale * next_shift + shift


def inverse(coord_map: CoordMap) -> CoordMap:
    """The way back."""
    axis, scale, shift = coord_map
    return axis, 1 / scale, -shift / scale


def coord_map_from_to(top_from: Top, top_to: Top) -> CoordMap:
    """The map from one top to another, by way of a blob that both are made of.

    Where several ways lead there, all are taken to have the same map, and the shortest counts.
    Raises UnconnectedError, a RuntimeError, where none does.
    """
    from_maps = dict(_ancestors(top_from))
    for top, to_map in _ancestors(top_to):
        if top in from_maps:
            return compose(to_map, inverse(from_maps[top]))
    raise UnconnectedError(
        explain(
            "Could not compute map between tops; are they connected by spatial layers?",
            got=f"{top_from!r} and {top_to!r}",
        )
    )


def _ancestors(start: Top) -> Iterator[tuple[Top, CoordMap]]:
    """The top and all before it, the nearest first, each with the map from it to `start`.

    Of a Crop only the first bottom is looked at; the second one gives but its size.
    """
    maps: dict[Top, CoordMap] = {start: _IDENTITY}
    waiting = deque([start])
    while waiting:
        top = waiting.popleft()
        yield top, maps[top]
        bottoms = top.fn.inputs[:1] if top.fn.type_name == "Crop" else top.fn.inputs
        new = [bottom for bottom in bottoms if bottom not in maps]
        try:
            step = coord_map(top.fn) if new else _IDENTITY
        except UndefinedMapException:
            continue
        for bottom in new:
            maps[bottom] = compose(maps[top], step)
            waiting.append(bottom)


def crop(top_from: Top, top_to: Top) -> Top:
    """A Crop layer that cuts `top_from` to the size of `top_to`, and to the places that fit it.

    Raises CropError, an AssertionError, where none can: `coord_map_from_to` for what else.
    """
    axis, scale, shift = coord_map_from_to(top_from, top_to)
    scale, shift = np.atleast_1d(scale), np.atleast_1d(shift)
    rules = (
        ((scale == 1).all(), f"scale mismatch on crop (a = {scale})"),
        ((shift <= 0).all(), f"cannot crop negative offset (b = {shift})"),
        ((np.round(shift) == shift).all(), f"cannot crop noninteger offset (b = {shift})"),
    )
    for is_kept, complaint in rules:
        if not is_kept:
            raise CropError(explain(complaint, got=f"{top_from!r} to {top_to!r}"))
    offset = [int(-value) for value in shift]
    first = 2 if axis is None else axis + 1  # of the cropped axes; of pictures, the height
    made: Top = L.Crop(top_from, top_to, crop_param={"axis": first, "offset": offset})
    return made
