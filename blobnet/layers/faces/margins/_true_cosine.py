"""What margins of arcface-caffe share: the cosine of the true class is replaced, others stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import IndexArray, check_count, classes_of
from blobnet.types import Array

_LEAST_LABEL = -1e9  # of items without a class


class TrueCosine(Layer):
    """bottom[0] are cosines (M, N) of M items and N classes, bottom[1] the true classes (M,).

    A subclass says what the true cosine becomes, and the slope of that. An item with a label below
    0 keeps its cosines where `allows_no_class`. The phase makes no difference: `transform_test`
    is read, but not heeded by the fork.
    """

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False
    allows_no_class: ClassVar[bool] = True

    def margin(self, cosine: Array) -> Array:
        """What a true cosine becomes."""
        raise NotImplementedError

    def slope(self, cosine: Array) -> Array:
        """By what a gradient of it is multiplied."""
        raise NotImplementedError

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if not bottom[0].num_axes:
            raise self.error("there are no cosines", got="a single number")
        check_count(self, bottom[1], bottom[0].shape[0])
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = self._rows(bottom[0].data), self._rows(top[0].data)
        np.copyto(y, x)
        true = self._true(bottom)
        y[true] = self.margin(x[true])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        if propagate_down[0]:
            x, dx = self._rows(bottom[0].data), self._rows(bottom[0].diff)
            np.copyto(dx, self._rows(top[0].diff))
            true = self._true(bottom)
            dx[true] *= self.slope(x[true])

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 1

    def _true(self, bottom: Blobs) -> tuple[IndexArray, IndexArray]:
        """The places of the true cosines, of items that have a class."""
        labels = bottom[1].data.reshape(-1)
        items = np.arange(len(labels))
        if self.allows_no_class:
            items = np.flatnonzero(~((labels <= -1) & (labels >= _LEAST_LABEL)))
        return items, classes_of(self, labels[items], self._rows(bottom[0].data).shape[1])

    def _rows(self, array: Array) -> Array:
        num = len(array)
        rows: Array = array.reshape(num, array.size // num if num else 0)
        return rows
