"""Classes that count more than others in a loss, as in SegNet and ENet."""

from __future__ import annotations

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.loss._loss import IndexArray
from blobnet.proto import LossParameter
from blobnet.types import Array, DType


class ClassWeights:
    """`class_weighting` of loss_param, where `weight_by_label_freqs` asks for it; else nothing."""

    def __init__(self, param: LossParameter, dtype: DType) -> None:
        weights = np.array(param.class_weighting, dtype)
        self._by_class: Array | None = weights if param.weight_by_label_freqs else None
        self._of_items: Array = np.empty((0, 0), dtype)

    def check(self, layer: Layer, num_classes: int) -> None:
        """Raise LayerError where there is not one weight for each class."""
        if self._by_class is not None and len(self._by_class) != num_classes:
            raise layer.error(
                "Number of class weight values does not match the number of classes.",
                expected=f"{num_classes} values of class_weighting",
                got=f"{len(self._by_class)} values",
            )

    def weigh(self, losses: Array, classes: IndexArray) -> None:
        """Multiply losses, (outer, inner), by the weights of their classes."""
        if self._by_class is not None:
            self._of_items = self._by_class[classes]
            losses *= self._of_items

    def weigh_again(self, diff: Array) -> None:
        """Multiply gradients, (outer, classes, inner) in any shape, by the weights of `weigh`."""
        if self._by_class is not None:
            outer, inner = self._of_items.shape
            items = diff.reshape(outer, len(self._by_class), inner)
            items *= self._of_items[:, None]
