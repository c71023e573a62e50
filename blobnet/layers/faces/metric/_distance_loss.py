"""What losses share that judge the distances of items to the centres of all classes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import IndexArray, check_count, read_classes
from blobnet.layers.loss._loss import Loss, Mask
from blobnet.types import Array


class DistanceLoss(Loss):
    """One loss for each item from its distances (M, N), averaged.

    A third bottom weighs items, in the gradient alone.
    """

    exact_num_bottom_blobs = None
    min_bottom_blobs = 2
    max_bottom_blobs = 3
    exact_num_top_blobs = None
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_top = False

    weighs_by_mean = True
    """Whether what a third bottom has is divided by its mean."""

    values_told = 2
    """How many numbers top[1] has."""

    has_weights = True
    """Whether a third bottom has weights of items."""

    @abstractmethod
    def losses(self, x: Array, label: IndexArray) -> Array:
        """What each item loses."""

    @abstractmethod
    def slopes(self, x: Array, label: IndexArray) -> Array:
        """dx of that sum, (M, N), or what the fork takes for it."""

    def told(self, x: Array, is_true: Mask) -> tuple[Array, Array]:
        """Of what top[1] tells sums: of true classes, of others."""
        return x[is_true], x[~is_true]

    def _distances(self, bottom: Blobs) -> Blob:
        return bottom[0]

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num = bottom[0].shape[0]
        for index in range(1, len(bottom) if self.has_weights else 2):
            check_count(self, bottom[index], num, index)
        if num and bottom[0].count < num:
            raise self.error("there are no distances", got=f"bottom[0] of shape {bottom[0].shape}")
        if len(top) > 1:
            top[1].reshape((self.values_told,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, label = self._read(bottom)
        num, classes = x.shape
        top[0].data[...] = self.losses(x, label).sum() / max(num, 1)
        if len(top) > 1:
            true, other = self.told(x, np.arange(classes) == label[:, None])
            top[1].data[0] = true.sum() / max(num, 1)
            top[1].data[1] = other.sum() / max(num, 1) / max(classes - 1, 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            x, label = self._read(bottom)
            dx = bottom[0].diff.reshape(x.shape)
            np.multiply(self.slopes(x, label), float(top[0].diff[()]) / max(len(x), 1), out=dx)
            if len(bottom) == 3 and len(x) and self.has_weights:
                weight = bottom[2].data.reshape(-1)
                dx *= (weight / weight.mean() if self.weighs_by_mean else weight)[:, None]
        if len(bottom) == 3 and propagate_down[2]:
            bottom[2].diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _read(self, bottom: Blobs) -> tuple[Array, IndexArray]:
        num, distances = bottom[0].shape[0], self._distances(bottom).data
        x = distances.reshape(num, -1) if num else distances.reshape(0, 1)
        return x, read_classes(self, bottom[1], x.shape[1])


def of_label(x: Array, label: IndexArray) -> Array:
    """The value of each item's own class."""
    own: Array = x[np.arange(len(x)), label]
    return own


def is_label(x: Array, label: IndexArray) -> Mask:
    mask: Mask = np.arange(x.shape[1]) == label[:, None]
    return mask
