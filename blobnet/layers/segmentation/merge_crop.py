"""MergeCrop: the channels of one blob, and those in the middle of a larger one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import MergeCropParameter
from blobnet.types import Array

_FORWARD = (True, True)
_BACKWARD = (True, False)


@register_layer("MergeCrop")
class MergeCrop(Layer):
    """Two blobs as one, the second cut to the size of the first around its middle.

    bottom[0]  a: (N, A, *size)
    bottom[1]  b: (N, B, *larger)      on each axis at least as long; `ADD`: B is A
    top[0]     y: (N, A + B, *size)    `STACK`: the channels of a, then those of b
                  (N, A, *size)        `ADD`: their sum

    Of b, (larger - size) / 2, rounded down, is cut off in front. `forward` says for each bottom
    whether its values count, else 0 does; `backward` whether it gets a gradient: unless stated, a
    does and b does not. Where A differs from B, the branch's STACK mixes up the channels.

    Proto: MergeCropParameter.  Caffe: mergecrop_layer.cu of the OpenCL branch, GPU only.
    """

    formula = "y = a and, behind it or added to it, the middle of b."
    gradient_formula = (
        "da = dy; db = dy in the middle, 0 around it, or 0 unless `backward` says so."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.mergecrop_param
        self._adds = param.operation == MergeCropParameter.ADD
        self._forward = self._by_bottom("forward", _FORWARD)
        self._backward = self._by_bottom("backward", _BACKWARD)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        a, b = bottom[0].shape, bottom[1].shape
        fits = len(a) == len(b) > 1 and a[0] == b[0] and (a[1] == b[1] or not self._adds)
        if not fits or any(x > y for x, y in zip(a[2:], b[2:], strict=True)):
            raise self.error(
                "bottom[1] should be as large as bottom[0], or larger"
                + (", with as many channels" if self._adds else ""),
                expected=f"the batch size and axes of shape {a}",
                got=f"shape {b}",
            )
        starts = [(y - x) // 2 for x, y in zip(a[2:], b[2:], strict=True)]
        middle = (slice(start, start + x) for start, x in zip(starts, a[2:], strict=True))
        self._middle = (slice(None), slice(None), *middle)
        top[0].reshape((a[0], a[1] if self._adds else a[1] + b[1], *a[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        parts, y = [bottom[0].data, bottom[1].data[self._middle]], top[0].data
        if self._adds and all(self._forward):
            np.add(parts[0], parts[1], out=y)
            return
        if self._adds:
            y.fill(0)
        for part, counts, place in zip(parts, self._forward, self._places(y, bottom), strict=True):
            if counts:
                place[...] = part
            elif not self._adds:
                place.fill(0)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        places = self._places(top[0].diff, bottom)
        if propagate_down[0]:
            bottom[0].diff[...] = places[0] if self._backward[0] else 0
        if propagate_down[1]:
            bottom[1].diff.fill(0)
            if self._backward[1]:
                bottom[1].diff[self._middle] = places[1]

    def _places(self, y: Array, bottom: Blobs) -> tuple[Array, Array]:
        """Where in the top's data or diff the two bottoms are."""
        if self._adds:
            return y, y
        channels = bottom[0].shape[1]
        return y[:, :channels], y[:, channels:]

    def _by_bottom(self, field: str, default: tuple[bool, bool]) -> tuple[bool, ...]:
        stated = tuple(getattr(self.layer_param_.mergecrop_param, field))
        if len(stated) > 2:
            raise self.error(
                f"`{field}` is stated too often", expected="at most 2", got=len(stated)
            )
        return stated + default[len(stated) :]
