"""Accuracy: how many items have their label among the best scores."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import ClassLabels, IndexArray, Mask
from blobnet.types import Array


@register_layer("Accuracy")
class Accuracy(Layer):
    """The share of items that are classified right.

    bottom[0]  scores: the classes are `axis` (1 unless stated)
    bottom[1]  labels: whole numbers from 0, as many as there are items without the class axis
    top[0]     accuracy: ()             0 where no item counts
    top[1]     per class: (C,)          the same for each class alone (optional)

    An item is right if fewer than `top_k` other classes score as high as its label or higher:
    a tie is a miss, and a score of NaN, which compares with nothing, a hit. Items labelled
    `ignore_label` do not count. With caffe-windows' `min_is_better` lower scores are better, and
    of equal ones that of the lower class is: so a tie may be a hit.

    Proto: AccuracyParameter.  Caffe: accuracy_layer.cpp, also that of caffe-windows
    (happynear/caffe-windows).
    """

    formula = "The share of items whose label is among the `top_k` best scores."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.accuracy_param
        self._labels = ClassLabels(param.ignore_label if param.HasField("ignore_label") else None)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.accuracy_param
        axis = bottom[0].canonical_axis(param.axis)
        self._labels.reshape(self, bottom[0].shape, bottom[1].shape, axis)
        if param.top_k > self._labels.num_classes:
            raise self.error(
                "top_k must be less than or equal to the number of classes.",
                expected=f"at most {self._labels.num_classes} (bottom shape {bottom[0].shape})",
                got=f"top_k: {param.top_k}",
            )
        top[0].reshape(())
        if len(top) > 1:
            top[1].reshape((self._labels.num_classes,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels = self._labels
        classes, ignored = labels.read(self, bottom[1].data)
        right = self._right(bottom[0].data, classes)
        if ignored is not None:
            classes, right = classes[~ignored], right[~ignored]
        top[0].data[...] = np.count_nonzero(right) / max(classes.size, 1)
        if len(top) > 1:
            hits = np.bincount(classes[right], minlength=labels.num_classes)
            counts = np.bincount(classes.ravel(), minlength=labels.num_classes)
            np.divide(hits, np.maximum(counts, 1), out=top[1].data, casting="same_kind")

    @property
    def top_k(self) -> int:
        """How many of the best scores count."""
        return int(self.layer_param_.accuracy_param.top_k)

    def classified(self, bottom: Blobs) -> tuple[IndexArray, IndexArray, int]:
        """The true class of each item that counts, and the class it was taken for.

        That is the true one where the item is right, else the best of the others. Behind them, the
        number of classes.
        """
        labels = self._labels
        classes, ignored = labels.read(self, bottom[1].data)
        scores = bottom[0].data.reshape(labels.outer, labels.num_classes, labels.inner)
        sign = -1 if self.layer_param_.accuracy_param.min_is_better else 1
        is_true = np.arange(labels.num_classes)[:, None] == classes[:, None]
        best = np.where(is_true, -np.inf, sign * scores).argmax(axis=1)
        taken = np.where(self._right(bottom[0].data, classes), classes, best)
        counting = np.ones(classes.shape, bool) if ignored is None else ~ignored
        return classes[counting], taken[counting], labels.num_classes

    def _right(self, scores: Array, classes: IndexArray) -> Mask:
        """Which items have their true class among the best, (outer, inner)."""
        labels = self._labels
        true_scores = scores.take(labels.positions(classes))
        grid = scores.reshape(labels.outer, labels.num_classes, labels.inner)
        if self.layer_param_.accuracy_param.min_is_better:
            as_good = self._lower(grid, true_scores[:, None], classes[:, None])
        else:
            as_good = (grid >= true_scores[:, None]).sum(axis=1)  # the true class is one of them
        right: Mask = as_good <= self.top_k
        return right

    def _lower(self, grid: Array, true_scores: Array, true: IndexArray) -> Array:
        """How many classes come before the true one, which counts too, from low to high."""
        comes_first = np.arange(grid.shape[1])[:, None] <= true
        lower: Array = ((grid < true_scores) | ((grid == true_scores) & comes_first)).sum(axis=1)
        return lower

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
