"""Pad: more pixels around images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import PadParameter
from blobnet.types import IntArray


@register_layer("Pad")
class Pad(Layer):
    """Adds rows and columns around the last two axes, or takes some away.

    bottom[0]  x: (..., H, W)
    top[0]     y: (..., H + `pad_u` + `pad_d`, W + `pad_l` + `pad_r`)

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
        self._pads = (param.pad_u, param.pad_d), (param.pad_l, param.pad_r)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) < 2:
            raise self.error("images have two axes at least", got=f"shape {shape}")
        size = tuple(
            length + sum(pads) for length, pads in zip(shape[-2:], self._pads, strict=True)
        )
        if min(size) < 0:
            raise self.error(
                "more is taken away than there is",
                got=f"pads {self._pads} of {shape[-2:]} rows and columns",
            )
        top[0].reshape((*shape[:-2], *size))
        self._rows, self._columns = (
            self._sources(length, *pads)
            for length, pads in zip(shape[-2:], self._pads, strict=True)
        )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if not y.size:
            return
        if self.layer_param_.pad_param.pad_type != PadParameter.CONSTANT:
            y[...] = x[..., self._rows[:, None], self._columns]
            return
        y.fill(self.layer_param_.pad_param.pad_value)
        y[self._inside()] = x[self._inside(of_bottom=True)]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dx, dy = bottom[0].diff, top[0].diff
        dx.fill(0)
        if self.layer_param_.pad_param.pad_type == PadParameter.CONSTANT:
            dx[self._inside(of_bottom=True)] = dy[self._inside()]
        elif dy.size:
            by_row = np.zeros((*dx.shape[:-1], dy.shape[-1]), dy.dtype)
            rows: Any = (..., self._rows, slice(None))
            columns: Any = (..., self._columns)
            np.add.at(by_row, rows, dy)
            np.add.at(dx, columns, by_row)

    def _inside(self, *, of_bottom: bool = False) -> Any:
        """What of the top is of the bottom, or what of the bottom is in the top."""
        slices: list[Any] = [...]
        for sources, (before, behind) in zip((self._rows, self._columns), self._pads, strict=True):
            begin, end = max(before, 0), len(sources) - max(behind, 0)
            shift = -before if of_bottom else 0
            slices.append(slice(begin + shift, max(end, begin) + shift))
        return tuple(slices)

    def _sources(self, length: int, before: int, behind: int) -> IntArray:
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
