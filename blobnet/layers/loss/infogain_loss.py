"""InfogainLoss: softmax loss in which a matrix says how much each mistake matters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.errors import DataError
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import (
    LOG_THRESHOLD,
    ClassLabels,
    IndexArray,
    Loss,
    Mask,
    add_gradient_of_probabilities,
    divisor,
)
from blobnet.ops.softmax import softmax
from blobnet.ops.workspace import scratch
from blobnet.serialization.blob_file import read_blob
from blobnet.types import Array


@register_layer("InfogainLoss")
class InfogainLoss(Loss):
    """Weighted logarithms of all classes' probabilities.

    bottom[0]  x: scores, any range; the classes are `axis` (1 unless stated)
    bottom[1]  labels: whole numbers from 0, as many as x has items without the class axis
    bottom[2]  H: C * C values, a row for each label; instead of the file `source`
    top[0]     loss: ()
    top[1]     p: softmax of x (optional)

    With 1 on the diagonal of H and 0 elsewhere it is SoftmaxWithLoss. No probability counts as
    less than 1e-20. The divisor is at least 1: the number of labels that are not `ignore_label`
    (VALID, unless stated), of all labels (FULL), the batch size (BATCH_SIZE), 1 (NONE), or what
    `pre_fixed_normalizer` says (PRE_FIXED).

    Proto: InfogainLossParameter, LossParameter.  Caffe: infogain_loss_layer.cpp.
    """

    formula = (
        "Weighted logarithms of all classes' probabilities: sum(-H[label] . log(p)) / divisor."
    )
    gradient_formula = (
        "dx = (p * sum(H[label]) - H[label]) * dloss / divisor; 0 where the label is ignored; "
        "and that of Softmax where a layer above gives p one. None for H."
    )

    exact_num_bottom_blobs = None
    min_bottom_blobs = 2
    max_bottom_blobs = 3
    exact_num_top_blobs = None
    min_top_blobs = 1
    max_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.loss_param
        if param.HasField("normalize"):
            raise self.error(
                'normalize is deprecated. use "normalization"',
                fix=f"normalization: {'VALID' if param.normalize else 'BATCH_SIZE'}",
            )
        self._mode = self.normalization()
        self._labels = ClassLabels(param.ignore_label if param.HasField("ignore_label") else None)
        self._given = self._read_source() if len(bottom) < 3 else Blob()
        self._prob = Blob(dtype=self.dtype)  # where no second top holds the probabilities
        self._classes: IndexArray = np.empty((0, 0), np.intp)  # these three: the last forward's
        self._ignored: Mask | None = None
        self._divisor = 1.0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._axis = bottom[0].canonical_axis(self.layer_param_.infogain_loss_param.axis)
        self._labels.reshape(self, bottom[0].shape, bottom[1].shape, self._axis)
        num_classes, H = self._labels.num_classes, self._infogain(bottom)
        if H.count != num_classes**2:
            raise self.error(
                f"H must be {num_classes}x{num_classes}",
                expected=f"{num_classes**2} values: bottom[0] has shape {bottom[0].shape}, "
                f"its axis {self._axis} are the classes",
                got=f"shape {H.shape}",
            )
        self._prob_blob(top).reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels, prob = self._labels, self._prob_blob(top).data
        self._classes, self._ignored = labels.read(self, bottom[1].data)
        softmax(bottom[0].data, self._axis, out=prob)
        log_prob = scratch("log probabilities", self._grid(prob).shape, self.dtype)
        np.maximum(self._grid(prob), LOG_THRESHOLD, out=log_prob)
        np.log(log_prob, out=log_prob)
        valid = self._classes.size
        gains = np.einsum("oci,oci->oi", log_prob, self._rows(self._matrix(bottom)))
        if self._ignored is not None:
            gains[self._ignored] = 0
            valid -= int(np.count_nonzero(self._ignored))
        fixed = self.layer_param_.loss_param.pre_fixed_normalizer
        outer, inner = labels.outer, labels.inner
        self._divisor = divisor(self._mode, outer=outer, inner=inner, valid=valid, fixed=fixed)
        top[0].data[...] = -gains.sum() / self._divisor

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if any(propagate_down[2:]):
            raise self.error(
                "InfogainLoss Layer cannot backpropagate to infogain inputs.",
                fix="write `propagate_down: false` for the third bottom of this layer",
            )
        if not propagate_down[0]:
            return
        prob, diff = (self._grid(array) for array in (self._prob_blob(top).data, bottom[0].diff))
        H = self._matrix(bottom) * (float(top[0].diff[()]) / self._divisor)
        np.multiply(prob, H.sum(axis=1)[self._classes][:, None], out=diff)
        diff -= self._rows(H)
        if self._ignored is not None:
            np.copyto(diff, 0, where=self._ignored[:, None])
        add_gradient_of_probabilities(top, self._axis, bottom[0].diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _prob_blob(self, top: Blobs) -> Blob:
        return top[1] if len(top) > 1 else self._prob

    def _infogain(self, bottom: Blobs) -> Blob:
        return bottom[2] if len(bottom) > 2 else self._given

    def _matrix(self, bottom: Blobs) -> Array:
        """H as (C, C): a row for each label."""
        return self._infogain(bottom).data.reshape((self._labels.num_classes,) * 2)

    def _grid(self, array: Array) -> Array:
        """An array of bottom[0]'s shape as (outer, num_classes, inner)."""
        labels = self._labels
        return array.reshape(labels.outer, labels.num_classes, labels.inner)

    def _rows(self, infogain: Array) -> Array:
        """H[label] for each item, as (outer, num_classes, inner), in memory much as x is."""
        if self._labels.inner == 1:
            rows: Array = infogain.take(self._classes, axis=0).transpose(0, 2, 1)
        else:
            rows = infogain.T.take(self._classes, axis=1).transpose(1, 0, 2)
        return rows

    def _read_source(self) -> Blob:
        """The matrix in a .binaryproto."""
        source = self.layer_param_.infogain_loss_param.source
        if not source:
            raise self.error(
                "Infogain matrix source must be specified.",
                fix='infogain_loss_param { source: "..." }, or a third bottom',
            )
        try:
            return read_blob(Path(source), "source", self.dtype)
        except DataError as error:
            raise self._named(error) from error
