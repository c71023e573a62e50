# ruff: noqa: N999 (prototxts name it so)
"""DiceLoss of V-Net: how well an object is covered.

Milletari et al., 3DV 2016.  Caffe: pyLayer.py of V-Net (faustomilletari/VNet).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, wrong
from blobnet.types import Array

_LEAST = 1e-5  # keeps an empty image from a division by 0


class DiceLoss(PythonLayer):
    """The sum over the images of 2 |P T| / (|P| + |T|), which is 1 for each that is met entirely.

    bottom[0]  probabilities: (N, 2, ...)   of no object and of an object; P is where it is likelier
    bottom[1]  truth: (N, 1, ...)           T is where it is above 0.5
    top[0]     dice: (1,)

    Gradient: of the probability p of an object -2 (T / U - 2 p I / U^2) with I = |P T| and
    U = |P| + |T|, of that of none the opposite: as if dice, to be large, were a loss. That of the
    top does not count. 0 where U is. Where both probabilities are equal, there is no object.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) < 2 or shape[1] != 2 or bottom[0].count != 2 * bottom[1].count:
            expected = "probabilities (N, 2, ...) and half as many values of truth"
            got = f"shapes {shape} and {bottom[1].shape}"
            raise wrong(self, "the bottoms do not fit together", expected=expected, got=got)
        top[0].reshape(1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        found, truth = self._sets(bottom)
        self._both = (found & truth).sum(axis=1)
        self._sum = found.sum(axis=1) + truth.sum(axis=1)
        top[0].data[...] = (2 * self._both / (self._sum + _LEAST)).sum()

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        if not propagate_down[0]:
            return
        _, truth = self._sets(bottom)
        diff = bottom[0].diff.reshape(len(truth), 2, -1)
        likely = bottom[0].data.reshape(diff.shape)[:, 1]
        total = np.maximum(self._sum, 1)[:, None].astype(float)
        slope = 2 * (truth / total - 2 * likely * self._both[:, None] / total**2)
        slope[self._sum == 0] = 0
        diff[:, 0], diff[:, 1] = slope, -slope

    def _sets(self, bottom: Blobs) -> tuple[Array, Array]:
        """Where an object is found, and where there is one: (N, positions) both."""
        num = bottom[0].shape[0]
        pairs = bottom[0].data.reshape(num, 2, bottom[1].count // max(1, num))
        truth: Array = bottom[1].data.reshape(num, pairs.shape[2]) > 0.5
        return pairs[:, 1] > pairs[:, 0], truth
