"""BatchReduction: one item made of several, such as the scores of a video made of its frames'."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import ReductionParameter
from blobnet.types import Array

_SUM, _MEAN, _TOPK = ReductionParameter.SUM, ReductionParameter.MEAN, ReductionParameter.TOPK


@register_layer("BatchReduction")
class BatchReduction(Layer):
    """Sums along one axis, or along pieces of it; the axes behind it stay.

    bottom[0]  x: (..., T, ...)  T: the axis of `reduction_param.axis`, 0 unless stated
    top[0]     y: (..., ...)     without that axis; or with one value on it for each `level`

    SUM   the sum of T items        MEAN  their mean        TOPK  the mean of the `k` largest

    Each `level` l stands for a piece of l * l items, and T is the sum of them; a single `level` 1,
    which is what holds unless stated, for all T. With `pos` there is one level, x has two axes of
    length T, and the items are those on their diagonal. `coeff` is not read; of equal values at
    the border of the k largest, the first count.

    Proto: BatchReductionParameter.  Caffe: batch_reduction_layer.cpp of TSN (yjxiong/caffe,
    branch action_recog).
    """

    formula = "SUM: y = x_1 + ... + x_T;  MEAN: y / T;  TOPK: y = the mean of the k largest x_t"
    gradient_formula = "SUM dx_t = dy;  MEAN dx_t = dy / T;  TOPK dx_t = dy / k of the k largest"

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.batch_reduction_param
        self._operation, self._k = param.reduction_param.operation, param.reduction_param.k
        if self._operation not in (_SUM, _MEAN, _TOPK):
            raise self.error(
                "there is no such reduction of batches",
                expected="operation SUM, MEAN or TOPK",
                got=ReductionParameter.ReductionOp.Name(self._operation),
            )
        self._levels = list(param.level) or [1]
        if min(self._levels) < 1:
            raise self.error("a level must be at least 1", got=f"levels {self._levels}")
        if len(self._levels) > 1 and param.pos:
            raise self.error("Cannot do pos-sensitive reduction when level is more than 1")
        if len(self._levels) > 1 and self._operation == _TOPK:
            raise self.error("For now top-k reduction only works with 1 level")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.batch_reduction_param
        shape, axis = bottom[0].shape, bottom[0].canonical_axis(param.reduction_param.axis)
        is_whole = self._levels == [1]
        self._lengths = [shape[axis]] if is_whole else [level * level for level in self._levels]
        if sum(self._lengths) != shape[axis]:
            raise self.error(
                "the levels do not make up the axis",
                expected=f"{sum(self._lengths)} items on axis {axis}, for levels {self._levels}",
                got=f"{shape[axis]} (bottom shape {shape})",
            )
        behind = axis + 1 + param.pos
        if param.pos and shape[axis : axis + 2] != (shape[axis],) * 2:
            raise self.error(
                "In pos mode, there are two axis reduced, of one length",
                got=f"axis {axis} of a bottom of shape {shape}",
            )
        if self._operation == _TOPK and not 1 <= self._k <= shape[axis]:
            raise self.error(
                "k is a number of items", expected=f"1 to {shape[axis]}", got=f"k: {self._k}"
            )
        self._outer, self._inner = bottom[0].count(0, axis), bottom[0].count(behind)
        self._step = shape[axis] + 1 if param.pos else 1  # from one item on a diagonal to the next
        pieces = () if is_whole else (len(self._levels),)
        top[0].reshape((*shape[:axis], *pieces, *shape[behind:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = self._items(bottom[0].data), self._pieces(top[0].data)
        if self._operation == _TOPK:
            order = np.argsort(-x, axis=1, kind="stable")[:, : self._k]
            self._largest = np.zeros(x.shape, bool)
            np.put_along_axis(self._largest, order, True, axis=1)
            np.mean(np.take_along_axis(x, order, axis=1), axis=1, keepdims=True, out=y)
            return
        end = 0
        for piece, length in enumerate(self._lengths):
            begin, end = end, end + length
            np.sum(x[:, begin:end], axis=1, out=y[:, piece])
        if self._operation == _MEAN:
            y /= self._divisors()

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dy, dx = self._pieces(top[0].diff), self._items(bottom[0].diff)
        if self._step > 1:
            bottom[0].diff.fill(0)
        if self._operation == _TOPK:
            np.multiply(self._largest, dy / self._k, out=dx)
        else:
            shares = dy / self._divisors() if self._operation == _MEAN else dy
            dx[...] = np.repeat(shares, self._lengths, axis=1)

    def _items(self, array: Array) -> Array:
        """A bottom's data or diff as (outer, T, inner), a view."""
        rows = array.reshape(
            self._outer, sum(self._lengths) * (max(self._step - 1, 1)), self._inner
        )
        items: Array = rows[:, :: self._step]
        return items

    def _pieces(self, array: Array) -> Array:
        """A top's data or diff as (outer, levels, inner)."""
        pieces: Array = array.reshape(self._outer, len(self._levels), self._inner)
        return pieces

    def _divisors(self) -> Array:
        return np.maximum(self._lengths, 1)[:, None].astype(self.dtype)
