"""What loss layers share: a scalar top that counts, normalization, and labels that are checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.softmax import softmax_backward
from blobnet.ops.workspace import scratch
from blobnet.proto import LossParameter
from blobnet.types import Array, Shape

IndexArray = NDArray[np.intp]
Mask = NDArray[np.bool_]

LOG_THRESHOLD = 1e-20
"""No probability counts as less, except in SoftmaxWithLoss (Caffe's kLOG_THRESHOLD)."""


class Loss(Layer):
    """A layer whose first top is a number to be made small.

    The top has no axes: `float(top[0].data)`. It counts once in the loss of the net unless
    `loss_weight` says otherwise, further tops do not count, and a prototxt may leave it out.
    Its diff holds the loss weight, by which a subclass scales its gradients.

    Caffe: loss_layer.cpp.
    """

    exact_num_bottom_blobs: ClassVar[int | None] = 2
    exact_num_top_blobs: ClassVar[int | None] = 1
    auto_top_blobs = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        data, label = bottom[0].shape, bottom[1].shape
        if not data or data[:1] != label[:1]:
            raise self.error(
                "The data and label should have the same first dimension.",
                expected="one label, or row of labels, for each item of the batch",
                got=f"bottom[0] of shape {data} and bottom[1] of shape {label}",
            )
        top[0].reshape(())

    def check_same_sizes(self, bottom: Blobs) -> None:
        """Raise LayerError where items of both bottoms have not as many values."""
        a, b = bottom[:2]
        if a.shape != b.shape and a.count(1) != b.count(1):
            raise self.error(
                "Inputs must have the same dimension.",
                expected=f"{a.count(1)} values per item, as bottom[0] has",
                got=f"bottom[0] of shape {a.shape} and bottom[1] of {b.shape}",
            )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 1  # labels have no gradient

    def default_loss_weights(self, num_top: int) -> list[float]:
        return [1.0] + [0.0] * (num_top - 1)

    def normalization(self, default: int = LossParameter.VALID) -> int:
        """The LossParameter mode that the prototxt asks for, in its new form or the old one."""
        param = self.layer_param_.loss_param
        if param.HasField("normalization"):
            return param.normalization
        if param.HasField("normalize"):
            return LossParameter.VALID if param.normalize else LossParameter.BATCH_SIZE
        return default

    def refuse_label_gradient(self, propagate_down: Sequence[bool]) -> None:
        """Raise LayerError where a gradient of the labels, bottom[1], is asked for."""
        if propagate_down[1]:
            raise self.error(
                f"{self.type} Layer cannot backpropagate to label inputs.",
                fix="write `propagate_down: true propagate_down: false` in this layer",
            )


def divisor(mode: int, *, outer: int, inner: int, valid: int, fixed: float = 1) -> float:
    """What a summed loss is divided by, at least 1.

    outer  the batch size              inner  positions per sample
    valid  labels that are not ignored  fixed  `pre_fixed_normalizer`
    """
    counted: dict[int, float] = {
        LossParameter.FULL: outer * inner,
        LossParameter.VALID: valid,
        LossParameter.BATCH_SIZE: outer,
        LossParameter.PRE_FIXED: fixed,
        LossParameter.NONE: 1,
    }
    return max(1, counted[mode])


def add_gradient_of_probabilities(top: Blobs, axis: int, dx: Array) -> None:
    """dx += what comes through top[1], the softmax of x, where anything reads it that counts.

    (Caffe overlooks it: what is lost by the probabilities then is in the loss, but not learned.)
    """
    if len(top) < 2 or not top[1].diff_storage.allocated or not top[1].diff.any():
        return
    change = scratch("gradient of probabilities", dx.shape, dx.dtype)
    softmax_backward(top[1].diff, top[1].data, axis, out=change)
    np.add(dx, change, out=dx)


class ClassLabels:
    """One label for each item of a blob of class scores: checks them, finds the true scores.

    The scores are seen as (outer, num_classes, inner): what stands before, on and behind the
    axis of the classes; the labels are as many as outer * inner, in any shape.
    """

    def __init__(self, ignore_label: int | None = None) -> None:
        self._ignore_label = ignore_label
        self._shapes: tuple[Shape, Shape] | None = None

    def reshape(self, layer: Layer, scores: Shape, labels: Shape, axis: int) -> None:
        """Take the shapes of this pass. Raises LayerError where they do not fit together."""
        if self._shapes == (scores, labels):
            return
        before, behind = scores[:axis], scores[axis + 1 :]
        outer, inner = math.prod(before), math.prod(behind)
        if math.prod(labels) != outer * inner:
            raise layer.error(
                "Number of labels must match number of predictions.",
                expected=f"{outer * inner} labels, one for each item of bottom[0]: shape "
                f"{scores} without its axis {axis}, the classes",
                got=f"{math.prod(labels)} labels, shape {labels}",
            )
        self._shapes = (scores, labels)
        self._item_shape = (*before, *behind)
        self.outer, self.num_classes, self.inner = outer, scores[axis], inner
        self._starts = np.arange(outer)[:, None] * (self.num_classes * inner) + np.arange(inner)

    def read(self, layer: Layer, labels: Array) -> tuple[IndexArray, Mask | None]:
        """The class of each item, and which items to ignore (None: no item), as (outer, inner).

        Fractions are cut off; an ignored item has class 0. Raises LayerError for any other
        label that is no class.
        """
        values = labels.reshape(self.outer, self.inner)
        ignored = self._ignored(values)
        if ignored is not None:
            values = np.where(ignored, 0, values)
        if values.size and not (values.min() > -1 and values.max() < self.num_classes):  # or NaN
            self._refuse(layer, values)
        return values.astype(np.intp), ignored

    def positions(self, classes: IndexArray) -> IndexArray:
        """Where the scores of these classes stand in the flat array of all scores."""
        return classes * self.inner + self._starts

    def _ignored(self, values: Array) -> Mask | None:
        if self._ignore_label is None:
            return None
        ignored: Mask = np.trunc(values) == self._ignore_label
        return ignored if ignored.any() else None

    def _refuse(self, layer: Layer, values: Array) -> None:
        wrong = np.flatnonzero(~((values > -1) & (values < self.num_classes)))
        where = [int(i) for i in np.unravel_index(wrong[0], self._item_shape or (1,))]
        position = f" at position {tuple(where[1:])}" if where[1:] else ""
        more = f" (and {wrong.size - 1} more)" if wrong.size > 1 else ""
        allowed = f"a whole number from 0 to {self.num_classes - 1}"
        if self._ignore_label is not None:
            allowed += f", or the ignore_label {self._ignore_label}"
        raise layer.error(
            "a label in bottom[1] is no class of bottom[0]",
            expected=allowed,
            got=f"label {values.flat[wrong[0]]:g} for sample {where[0]}{position}{more}",
            fix="number the classes from 0, or give the layer below one output per class",
        )
