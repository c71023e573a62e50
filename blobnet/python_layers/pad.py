"""PadTensor of Synopsys' Caffe: numpy's pad around images.

Caffe: python/pad.py of foss-for-synopsys-dwc-arc-processors/synopsys-caffe.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.padding import add_back, inside, pad_with_value, take
from blobnet.python_layers._checks import check_count, who, wrong
from blobnet.python_layers._param_str import settings_of, text, whole
from blobnet.types import IntArray

_COPYING = ("edge", "reflect", "symmetric", "wrap")


class PadTensor(PythonLayer):
    """More rows and columns around images.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, H + pad_t + pad_b, W + pad_l + pad_r)

    param_str: `pad_t`, `pad_b`, `pad_l`, `pad_r`, and `pad_mode` as numpy.pad has it: constant,
    which are zeros, or edge, reflect, symmetric, wrap, which repeat what is there. (Its modes that
    compute, such as mean, no net uses; they are refused.)

    Gradient: dx = the sum of dy over all places where that x stands in y. (The repository's copies
    the diff, which fits no shape but that of no padding.)
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 1)
        settings = settings_of(self.param_str, who(self))
        top_, below, left, right = (
            whole(settings, name, who(self), least=0, default=-1)
            for name in ("pad_t", "pad_b", "pad_l", "pad_r")
        )
        self._pads = ((0, 0), (0, 0), (top_, below), (left, right))
        self._mode = text(settings, "pad_mode", who(self))
        if self._mode not in ("constant", *_COPYING):
            expected = f"constant, {', '.join(_COPYING)}"
            raise wrong(self, "unknown pad_mode", expected=expected, got=self._mode)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or not bottom[0].count:
            raise wrong(self, "no images", expected="shape (N, C, H, W)", got=f"shape {shape}")
        pairs = zip(shape, self._pads, strict=True)
        top[0].reshape(*(length + sum(pads) for length, pads in pairs))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        if self._mode == "constant":
            pad_with_value(bottom[0].data, self._pads, 0, top[0].data)
        else:
            take(bottom[0].data, self._sources(bottom[0].shape), top[0].data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self._mode == "constant":
            inside(top[0].diff, self._pads, bottom[0].diff)
        else:
            add_back(top[0].diff, self._sources(bottom[0].shape), bottom[0].diff)

    def _sources(self, shape: Sequence[int]) -> list[IntArray | None]:
        """For each place of the two last axes, which place of x is repeated there."""
        padded: list[IntArray | None] = [None, None]
        for length, pads in zip(shape[2:], self._pads[2:], strict=True):
            padded.append(np.pad(np.arange(length), pads, mode=self._mode))  # type: ignore[call-overload]
        return padded
