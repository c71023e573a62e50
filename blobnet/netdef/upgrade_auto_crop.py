"""AutoCrop, which finds by itself where to cut, written as a Crop with an offset.

    layer { type: "AutoCrop" bottom: "upscore" bottom: "data" top: "score" }

Forks of 2015 let the layer look at the net: each layer between its bottoms and the blob that both
are made of says how places of its top lie over its bottom, x -> scale * x + shift. `layers { type:
CROP }`, of forks alone, means the same. A layer whose offset does not follow stays as it is.

Caffe: auto_crop_layer.cpp and coords.hpp of yun-liu/rcf; crop_layer.cpp of s9xie/hed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from blobnet.proto import LayerParameter, NetParameter, V1LayerParameter

IN_PLACE_OF_EACH = (
    *("AbsVal", "BatchNorm", "Bias", "BNLL", "Concat", "Dropout", "Eltwise", "ELU", "Exp", "Log"),
    *("LRN", "MVN", "Power", "PReLU", "ReLU", "Scale", "Sigmoid", "Slice", "Softmax", "Split"),
    *("TanH", "Threshold"),
)
"""Types whose tops lie upon their first bottom, place by place."""

_AXES = ("h", "w")


class _Line(NamedTuple):
    """x -> scale * x + shift."""

    scale: Fraction
    shift: Fraction

    def after(self, inner: _Line) -> _Line:
        return _Line(self.scale * inner.scale, self.scale * inner.shift + self.shift)

    def inverse(self) -> _Line:
        return _Line(1 / self.scale, -self.shift / self.scale)


_Map = tuple[_Line, _Line]
"""Of rows and of columns."""

_IDENTITY: _Map = (_Line(Fraction(1), Fraction(0)),) * 2


def needs_offsets(net_param: NetParameter) -> bool:
    """Whether it has a layer whose offset follows from the net, or may once it is upgraded."""
    is_of_2014 = any(layer.type == V1LayerParameter.CROP for layer in net_param.layers)
    return is_of_2014 or any(True for _ in _found_offsets(net_param))


def state_offsets(net_param: NetParameter) -> NetParameter:
    """Make a Crop with an offset of each such layer."""
    for layer, offsets in list(_found_offsets(net_param)):
        _make_crop(layer, offsets)
    return net_param


def changes_of_crops(net_param: NetParameter) -> str:
    """What is changed, in words; nothing of a net of 2014, whose types are told."""
    crops = list(_found_offsets(net_param))
    names = ", ".join(f"{layer.name} ({', '.join(map(str, at))})" for layer, at in crops[:8])
    more = f" and {len(crops) - 8} more" if len(crops) > 8 else ""
    return f"where AutoCrop layers cut is stated: {names}{more}" if crops else ""


def _found_offsets(net_param: NetParameter) -> Iterator[tuple[LayerParameter, list[int]]]:
    """AutoCrop layers without an offset, and theirs; one may be made from another."""
    makers: dict[str, LayerParameter] = {}
    settled: dict[str, list[int]] = {}
    for layer in net_param.layer:
        for name in layer.top:
            makers.setdefault(name, layer)  # later ones work in place
        if layer.type == "AutoCrop" and not layer.crop_param.offset and len(layer.bottom) == 2:
            offsets = _offsets(layer, makers, settled)
            if offsets is not None:
                settled.update(dict.fromkeys(layer.top, offsets))
                yield layer, offsets


def _make_crop(layer: LayerParameter, offsets: list[int]) -> None:
    layer.type = "Crop"
    layer.crop_param.axis = 2
    layer.crop_param.offset.extend(offsets)


def _offsets(
    layer: LayerParameter, makers: Mapping[str, LayerParameter], settled: Mapping[str, list[int]]
) -> list[int] | None:
    """Where it begins, in rows and columns; None where that does not follow from the net."""
    ways = [dict(_way(name, makers, settled)) for name in layer.bottom]
    common = next((name for name in ways[1] if name in ways[0]), None)
    if common is None:
        return None
    cut, like = ways[0][common], ways[1][common]
    if cut is None or like is None:
        return None
    lines = [b.after(a.inverse()) for a, b in zip(cut, like, strict=True)]
    if any(at.scale != 1 or at.shift > 0 or at.shift.denominator != 1 for at in lines):
        return None
    return [-int(at.shift) for at in lines]


def _way(
    name: str, makers: Mapping[str, LayerParameter], settled: Mapping[str, list[int]]
) -> Iterator[tuple[str, _Map | None]]:
    """A blob, what it is made of, and so on down, with the map to each, or None."""
    places: _Map | None = _IDENTITY
    seen: set[str] = set()
    while name not in seen:  # a definition may go round in a circle
        seen.add(name)
        yield name, places
        maker = makers.get(name)
        if maker is None or not maker.bottom:
            return
        step = _places(maker, settled)
        known = places is not None and step is not None
        places = _joined(places, step) if known else None
        name = maker.bottom[0]


def _joined(places: _Map | None, step: _Map | None) -> _Map | None:
    if places is None or step is None:
        return None
    return places[0].after(step[0]), places[1].after(step[1])


def _places(layer: LayerParameter, settled: Mapping[str, list[int]]) -> _Map | None:
    """The map of one layer, from its first bottom to its tops."""
    if layer.type in IN_PLACE_OF_EACH:
        return _IDENTITY
    if layer.type == "Convolution":
        return _inverse(_window(layer.convolution_param))
    if layer.type == "Deconvolution":
        return _window(layer.convolution_param)
    if layer.type == "Pooling" and not layer.pooling_param.global_pooling:
        return _inverse(_window(layer.pooling_param))
    if layer.type in ("Crop", "AutoCrop"):
        return _shifts(settled.get(layer.top[0]) or list(layer.crop_param.offset))
    return None


def _shifts(offsets: list[int]) -> _Map | None:
    if len(offsets) not in (1, 2):
        return None
    lines = [_Line(Fraction(1), Fraction(-offset)) for offset in offsets]
    return lines[0], lines[-1]


def _inverse(lines: _Map | None) -> _Map | None:
    return None if lines is None else (lines[0].inverse(), lines[1].inverse())


def _window(param: object) -> _Map | None:
    """The map from the places of windows to what they see: its middle."""
    rows, columns = (_line(param, at) for at in range(2))
    return None if rows is None or columns is None else (rows, columns)


def _line(param: object, at: int) -> _Line | None:
    kernel, stride = _setting(param, "kernel", "kernel_size", at), _setting(param, "stride", "", at)
    pad = _setting(param, "pad", "", at)
    dilation = getattr(param, "dilation", ())
    extent = (_number(dilation, at) or 1) * (kernel - 1) + 1
    if kernel < 1:
        return None
    return _Line(Fraction(stride or 1), Fraction(extent - 1, 2) - pad)


def _setting(param: object, name: str, long_name: str, at: int) -> int:
    """A number of a window along rows (0) or columns (1), however it is written."""
    own = getattr(param, f"{name}_{_AXES[at]}")
    return int(own) or _number(getattr(param, long_name or name), at)


def _number(stated: object, at: int) -> int:
    """A field that is one number, in PoolingParameter, or none, one or several."""
    if isinstance(stated, int):
        return stated
    numbers = list(stated)  # type: ignore[call-overload]
    return int(numbers[min(at, len(numbers) - 1)]) if numbers else 0
