"""SegAccuracy: how well the pixels of images are labelled."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.data._batch import refusing_foreign_states
from blobnet.layers.loss._loss import ClassLabels
from blobnet.types import Array, IntArray


@register_layer("SegAccuracy")
class SegAccuracy(Layer):
    """Accuracy, recall and overlap of the best score of each pixel with its label.

    bottom[0]  scores: (N, C, H, W)
    bottom[1]  labels: (N, 1, H, W)  whole numbers from 0, or one of `ignore_label`
    top[0]     (1, 1, 1, 3)  the share of pixels that are right; the mean over the classes that
               occur of the share of their pixels that are; and the mean over all classes of
               intersection / union, 1 for a class that neither occurs nor is found

    Of equal scores the last one wins. With `reset: false` pixels are counted since the layer was
    made, or since the training that is resumed began; else anew in each forward. All three numbers
    are given, whatever `metric` says, as in PSPNet and DeepLab.

    Proto: SegAccuracyParameter.  Caffe: seg_accuracy_layer.cpp and confusion_matrix.cpp of PSPNet.
    """

    formula = "From counts n[label, found]: sum(n[i, i]) / sum(n), mean recall, mean IoU."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if bottom[0].num_axes != 4 or not bottom[0].shape[1]:
            raise self.error(
                "scores must have 4 axes, (num, classes, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        self._num_classes = bottom[0].shape[1]
        self._ignored = set(self.layer_param_.seg_accuracy_param.ignore_label)
        self._labels = ClassLabels()
        self._counts: IntArray = np.zeros((self._num_classes, self._num_classes), np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[1] != self._num_classes:
            raise self.error(
                "the classes have changed",
                expected=f"shape (num, {self._num_classes}, height, width)",
                got=f"shape {shape}",
            )
        wanted = (shape[0], 1, *shape[2:])
        if bottom[1].shape != wanted:
            raise self.error(
                "The data should have the same number, height and width as label, which has one "
                "channel.",
                expected=f"labels of shape {wanted}",
                got=f"shape {bottom[1].shape}",
            )
        self._labels.reshape(self, shape, bottom[1].shape, 1)
        top[0].reshape((1, 1, 1, 3))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self.layer_param_.seg_accuracy_param.reset:
            self._counts.fill(0)
        self._count(bottom[0].data, np.trunc(bottom[1].data))
        right, actual = np.diag(self._counts), self._counts.sum(axis=1)
        union = actual + self._counts.sum(axis=0) - right
        occurs = actual > 0
        recall = right[occurs] / actual[occurs]
        overlap = np.where(right == union, 1.0, right / np.maximum(union, 1))
        top[0].data.reshape(-1)[:] = (
            right.sum() / max(actual.sum(), 1),
            recall.mean() if recall.size else 0,
            overlap.mean(),
        )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def take_turns(self, turn: int, turns: int) -> str | None:
        reason = super().take_turns(turn, turns)
        if self.layer_param_.seg_accuracy_param.reset:
            return reason
        return reason or "it counts the pixels of all forwards before, in each process of its own"

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "counts": self._counts.tolist()}

    def set_state(self, state: dict[str, Any]) -> None:
        with refusing_foreign_states(self):
            super().set_state(state)
            self._counts[...] = np.array(state["counts"], np.int64).reshape(self._counts.shape)

    def _count(self, scores: Array, labels: Array) -> None:
        """Add a batch's pixels to the counts."""
        counted = ~np.isin(labels, list(self._ignored))
        classes, _ = self._labels.read(self, np.where(counted, labels, 0))
        found = self._num_classes - 1 - scores[:, ::-1].argmax(axis=1)  # the last of equals
        pairs = classes.reshape(found.shape) * self._num_classes + found
        counts = np.bincount(pairs[counted[:, 0]], minlength=self._num_classes**2)
        self._counts += counts.reshape(self._counts.shape)
