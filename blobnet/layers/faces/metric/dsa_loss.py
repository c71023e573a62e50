"""DSALoss: faces near to the centres of their classes, and away from those of others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers._schedule import CountingLayer
from blobnet.layers.faces._labels import IndexArray, check_items
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("DSALoss")
class DSALoss(CountingLayer, Loss):
    """Discriminative sequence agents: distances to the own centre and to drawn other ones.

    bottom[0]  x: (M, D)       any shape: D values from `axis` on
    bottom[1]  labels: (M,)    whole numbers: from 0 the class of a face, from -1 down that of a
                               sequence; without sequences those below 0 do not count
    top[0]     loss: ()        0 where nothing counts
    blobs_[0]  c: (N, D)       the centres of N = `faceid_num` + `seqid_num` classes

    With the quarter d of the squared distance, an item of class y that counts loses lambda d[y];
    and, of each of n = int(N (1 - dropout_ratio)) other centres that are drawn in each forward,
    (1 - lambda) max(0, alpha d[y] - d[other] + beta) / n. Two sequences may be of one face: they
    are not compared. The two parts begin behind `center_iter` and `diff_iter` forwards; snapshots
    keep the count. loss_param's `ignore_label` is that of items that do not count.
    `use_normalize` brings centres to the length `scale`, in place, in each forward. gamma is read
    nowhere.

    Proto: DSALossParameter, LossParameter.  Caffe: dsa_loss_layer.cpp of huangyangyu/SeqFace.
    Paper: Hu et al., "SeqFace", arXiv:1803.06524.
    """

    formula = (
        "sum(lambda d[y] + (1 - lambda) / n sum over others of max(0, alpha d[y] - d[other] + "
        "beta)) / M, with d = |x - c|^2 / 4."
    )
    gradient_formula = (
        "dx: the derivative, which the fork adds to what is there;  no derivative is dc[j] += sum "
        "over the items of class j of (c[j] - x) / 2 / (1 + their number), which heeds no loss "
        "weight."
    )

    exact_num_bottom_blobs = 2
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = param = self.layer_param_.dsa_loss_param
        self._lambda = getattr(param, "lambda")
        for name, value, fits in (
            ("faceid_num", param.faceid_num, param.faceid_num > 0),
            ("lambda", self._lambda, 0 <= self._lambda <= 1),
            ("dropout_ratio", param.dropout_ratio, 0 <= param.dropout_ratio <= 1),
            ("gamma", param.gamma, param.gamma >= 1),
            ("alpha", param.alpha, param.alpha >= 1),
            ("beta", param.beta, param.beta >= 0),
            ("scale", param.scale, param.scale > 0 or not param.use_normalize),
        ):
            if not fits:
                raise self.error(f"{name} makes no sense", got=f"{name}: {value:g}")
        self._N = param.faceid_num + param.seqid_num
        self._drawn_number = int(self._N * (1 - param.dropout_ratio))
        self._D = bottom[0].count(bottom[0].canonical_axis(param.axis))
        loss = self.layer_param_.loss_param
        self._ignored = loss.ignore_label if loss.HasField("ignore_label") else None
        self.init_blob(0, (self._N, self._D), param.center_filler)
        self._slopes = Blob(dtype=self.dtype)  # dx but for the loss weight, from the last forward

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num = check_items(self, bottom, self._D)
        self._slopes.reshape((num, self._D))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._iteration += 1
        if self._param.use_normalize:
            self._normalize_centres()
        self._slopes.data[...] = 0
        items, classes = self._read(bottom[1])
        total = 0.0
        others = self.rng.permutation(self._N)[: self._drawn_number]
        for item, own in zip(items, classes, strict=True):
            total += self._lose(item, bottom[0].data.reshape(-1, self._D)[item], own, others)
        count = max(len(items), 1)
        self._slopes.data[...] /= count
        top[0].data[...] = total / count

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if self.param_propagate_down_[0]:
            items, classes = self._read(bottom[1])
            x, centres = bottom[0].data.reshape(-1, self._D), self.blobs_[0].data
            moves = np.zeros_like(centres)
            np.add.at(moves, classes, (centres[classes] - x[items]) / 2)
            moves /= (np.bincount(classes, minlength=self._N) + 1).astype(self.dtype)[:, None]
            self.blobs_[0].diff += moves
        if propagate_down[0]:
            dx = bottom[0].diff.reshape(self._slopes.shape)
            np.multiply(self._slopes.data, float(top[0].diff[()]), out=dx)

    def _lose(self, item: int, x: Array, own: int, others: IndexArray) -> float:
        """What an item loses; its slopes are added."""
        param, slope, lost = self._param, self._slopes.data[item], 0.0
        centres = self.blobs_[0].data
        to_own = (x - centres[own]) / 2
        distance = float((to_own * to_own).sum())
        if self._iteration > param.center_iter:
            lost += self._lambda * distance
            slope += self._lambda * to_own
        if self._iteration > param.diff_iter:
            others = others[others != own]
            if own >= param.faceid_num:
                others = others[others < param.faceid_num]
            halves = (x - centres[others]) / 2
            near = param.alpha * distance - (halves * halves).sum(axis=1) + param.beta
            share = (1 - self._lambda) / max(self._drawn_number, 1)
            lost += share * float(near[near > 0].sum())
            slope += share * (param.alpha * np.count_nonzero(near > 0) * to_own)
            slope -= share * halves[near > 0].sum(axis=0)
        return lost

    def _normalize_centres(self) -> None:
        centres = self.blobs_[0].data
        lengths = np.sqrt(np.square(centres).sum(axis=1, keepdims=True) + 1e-7)
        centres *= self._param.scale / lengths

    def _read(self, labels: Blob) -> tuple[IndexArray, IndexArray]:
        """The items that count, and their classes."""
        param, values = self._param, labels.data.reshape(-1)
        whole = np.trunc(values)
        counts = np.ones(whole.shape, np.bool_)
        if self._ignored is not None:
            counts &= whole != self._ignored
        if not param.seqid_num:
            counts &= ~(whole < 0)
        classes = np.where(whole < 0, param.faceid_num - 1 - whole, whole)
        is_class = np.where(whole < 0, classes < self._N, classes < param.faceid_num)
        wrong = np.flatnonzero(counts & ~is_class)
        if wrong.size:
            raise self.error(
                "a label in bottom[1] is no class",
                expected=f"a whole number from {-param.seqid_num} to {param.faceid_num - 1}",
                got=f"label {values[wrong[0]]:g} for item {int(wrong[0])}",
            )
        items = np.flatnonzero(counts)
        return items, classes[items].astype(np.intp)
