"""RankHardLoss: pairs that are alike, nearer than the hardest items that are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import IndexArray, check_count
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array

_Triplets = tuple[IndexArray, IndexArray]
"""The first item of a pair for each item that it is compared with, and these items."""


@register_layer("RankHardLoss")
class RankHardLoss(Loss):
    """Hinge losses of pairs against items of other labels, by products of the items.

    bottom[0]  x: (M, ...)     items; each `pair_size` of them begin with a like pair
    bottom[1]  labels: (M,)    items of equal labels are alike
    top[0]     loss: ()        0 for an empty batch

    With the distance d = -x[a] @ x[b], a pair a, b is compared with n of the items of other labels
    that are too near to a, d[a, b] - d[a, c] + margin > 0: with all of them where these are no more
    than `neg_num`; else with the int(neg_num hard_ratio) nearest, and with int(neg_num rand_ratio)
    drawn from all but neg_num. Each loses max(0, d[a, b] - d[a, c] + margin) + max(0, d[a, b] -
    d[b, c] + margin).

    The settings are `rankhard_loss_param` or, in xiaolonw/caffe-video_triplet, `rank_param`.

    Proto: RankHardLossParameter.  Caffe: rankhard_loss_layer.cpp of huangyangyu/SeqFace.
    """

    formula = "sum over compared items of both losses / (2 neg_num M / pair_size)."
    gradient_formula = "dx: the derivative, which heeds no loss weight, as in the fork."

    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        layer_param = self.layer_param_
        has_other = layer_param.HasField("rank_param")
        param = layer_param.rank_param if has_other else layer_param.rankhard_loss_param
        self._param = param
        if param.pair_size < 2 or param.neg_num < 1:
            raise self.error(
                "pairs cannot be compared",
                expected="a pair_size of at least 2, a neg_num of at least 1",
                got=f"{param.pair_size} and {param.neg_num}",
            )
        self._triplets: _Triplets = (np.empty(0, np.intp), np.empty(0, np.intp))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num = bottom[0].shape[0]
        check_count(self, bottom[1], num)
        if num % self._param.pair_size:
            raise self.error(
                "the batch is not made of pairs",
                expected=f"a multiple of pair_size, {self._param.pair_size}",
                got=f"{num} items",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, labels = self._rows(bottom), bottom[1].data.reshape(-1)
        distances = -np.einsum("ad,bd->ab", x, x)
        found = list(self._compared(distances, labels))
        self._triplets = (
            np.array([first for first, _ in found], np.intp),
            np.array([other for _, other in found], np.intp),
        )
        losses = self._losses(distances)
        top[0].data[...] = np.maximum(losses, 0).sum() / self._divisor(len(x))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        if not propagate_down[0]:
            return
        x, (first, other) = self._rows(bottom), self._triplets
        dx = np.zeros_like(x)
        losses = self._losses(-np.einsum("ad,bd->ab", x, x)) > 0
        for near, loses in zip((first, first + 1), losses, strict=True):
            a, b, c, of = first[loses], first[loses] + 1, other[loses], near[loses]
            for index, change in ((a, -x[b]), (b, -x[a]), (of, x[c]), (c, x[of])):
                np.add.at(dx, index, change)
        bottom[0].diff.reshape(x.shape)[...] = dx / self._divisor(len(x))

    def _losses(self, distances: Array) -> Array:
        """(2, compared): by what both items of a pair are too far from each other."""
        first, other = self._triplets
        of_pair = distances[first, first + 1] + self._param.margin
        return np.stack([of_pair - distances[first, other], of_pair - distances[first + 1, other]])

    def _compared(self, distances: Array, labels: Array) -> Iterator[tuple[int, int]]:
        param = self._param
        for first in range(0, len(labels), param.pair_size):
            near = distances[first, first + 1] - distances[first] + param.margin
            others = np.flatnonzero((labels != labels[first]) & (near > 0))
            if len(others) > param.neg_num:
                others = others[np.argsort(distances[first, others], kind="stable")]
                drawn = self.rng.permutation(others)[param.neg_num :]
                hard, rand = (
                    int(np.float32(param.neg_num) * np.float32(ratio))
                    for ratio in (param.hard_ratio, param.rand_ratio)
                )
                others = np.union1d(others[: min(hard, param.neg_num)], drawn[:rand])
            for other in others.tolist():
                yield first, other

    def _rows(self, bottom: Blobs) -> Array:
        num = bottom[0].shape[0]
        return bottom[0].data.reshape(num, bottom[0].count // max(num, 1))

    def _divisor(self, num: int) -> int:
        return max(self._param.neg_num * num // self._param.pair_size * 2, 1)
