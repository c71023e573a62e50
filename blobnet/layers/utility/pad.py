"""Pad: more pixels around images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.padding import add_back, inside, pad_with_value, take
from blobnet.proto import PadParameter
from blobnet.types import IntArray, Shape

_OF_ALL_AXES = frozenset({"paddings", "constant_values"})


@register_layer("Pad")
class Pad(Layer):
    """Adds rows and columns around the last two axes, or takes some away; or pads all axes.

    bottom[0]  x: (..., H, W)
    top[0]     y: (..., H + `pad_u` + `pad_d`, W + `pad_l` + `pad_r`)
                  with `paddings`, two for each axis: the length of axis i and the numbers 2 i and
                  2 i + 1 of them

    What is new is `pad_value` (CONSTANT), the nearest pixel of x (REPLICATE), or the pixel as far
    from the edge on the other side of it (REFLECT), the edge left out. Where a pad is negative, so
    many rows or columns are taken away. (The fork does that right only where all four are.)

    Proto: PadParameter.  Caffe: pad_layer.cpp of brocolli (inisis/brocolli), whose backward does
    nothing.
    """

    formula = "y = x with more pixels around: a value, the nearest ones, or reflected ones"
    gradient_formula = "dx = the sum of dy over all places where that x stands in y."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.pad_param
        given = {field.name for field, _ in param.ListFields()}
        self._states_all_axes = bool(given & _OF_ALL_AXES)
        if self._states_all_axes and given - _OF_ALL_AXES:
            raise self.error(
                "the padding is stated in two ways",
                expected=f"{' and '.join(sorted(_OF_ALL_AXES))}, or neither of them",
                got=", ".join(sorted(given)),
            )
        self._value = param.constant_values if self._states_all_axes else param.pad_value

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        self._pads = self._pads_of(shape)
        size = tuple(length + sum(pads) for length, pads in zip(shape, self._pads, strict=True))
        if min(size, default=0) < 0:
            raise self.error(
                "more is taken away than there is",
                got=f"pads {self._pads[-2:]} of {shape[-2:]} rows and columns",
            )
        top[0].reshape(size)
        self._sources = [
            self._sources_of(length, *pads) if any(pads) else None
            for length, pads in zip(shape, self._pads, strict=True)
        ]

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self.layer_param_.pad_param.pad_type == PadParameter.CONSTANT:
            pad_with_value(bottom[0].data, self._pads, self._value, top[0].data)
        else:
            take(bottom[0].data, self._sources, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self.layer_param_.pad_param.pad_type == PadParameter.CONSTANT:
            inside(top[0].diff, self._pads, bottom[0].diff)
        else:
            add_back(top[0].diff, self._sources, bottom[0].diff)

    def _pads_of(self, shape: Shape) -> list[tuple[int, int]]:
        """What is added before and behind each axis."""
        param, axes = self.layer_param_.pad_param, len(shape)
        if self._states_all_axes:
            if len(param.paddings) != 2 * axes:
                raise self.error(
                    "paddings are two for each axis",
                    expected=f"{2 * axes}, for bottom[0] of shape {shape}",
                    got=len(param.paddings),
                )
            return list(zip(param.paddings[::2], param.paddings[1::2], strict=True))
        if axes < 2:
            raise self.error("images have two axes at least", got=f"shape {shape}")
        sides = [(param.pad_u, param.pad_d), (param.pad_l, param.pad_r)]
        return [(0, 0)] * (axes - 2) + sides

    def _sources_of(self, length: int, before: int, behind: int) -> IntArray:
        """For every row or column of the top, that of the bottom which it shows, or is beside."""
        sources = np.arange(-before, length + behind)
        kind = self.layer_param_.pad_param.pad_type
        if kind == PadParameter.CONSTANT or not sources.size:
            return sources
        if kind == PadParameter.REFLECT:
            if max(before, behind) >= length:
                raise self.error(
                    "there are not enough pixels to reflect",
                    expected=f"pads less than {length}",
                    got=f"pads {(before, behind)}",
                )
            reflected: IntArray = (length - 1) - np.abs(np.abs(sources) - (length - 1))
            return reflected
        if not length:
            raise self.error("there are no pixels to replicate", got=f"pads {(before, behind)}")
        clipped: IntArray = np.clip(sources, 0, length - 1)
        return clipped
