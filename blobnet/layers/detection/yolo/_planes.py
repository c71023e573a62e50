"""How YOLO's first version lays out what a grid of cells says, and its labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.types import Array, IntArray


@dataclass
class GridLabels:
    """What is in each cell of (N, L): boxes are (N, L, 4), classes 0 where there is none."""

    is_difficult: NDArray[np.bool_]
    has_object: NDArray[np.bool_]
    classes: IntArray
    boxes: Array


class Planes:
    """A grid of side * side cells, each with classes and `num_object` boxes."""

    def __init__(self, layer: Layer, side: int, num_class: int, num_object: int) -> None:
        if not (side and num_class and num_object):
            raise layer.error("side, num_class and num_object must be at least 1")
        self.side, self.num_class, self.num_object = side, num_class, num_object
        self.cells = side * side
        self.num_outputs = self.cells * (num_class + 5 * num_object)
        self.num_labels = self.cells * 7

    def outputs(self, x: Array) -> tuple[Array, Array, Array]:
        """Views: classes (N, C, L), objectness (N, B, L), boxes (N, B, 4, L)."""
        rows = x.reshape(len(x), self.num_class + 5 * self.num_object, self.cells)
        first = self.num_class + self.num_object
        boxes = rows[:, first:].reshape(len(x), self.num_object, 4, self.cells)
        return rows[:, : self.num_class], rows[:, self.num_class : first], boxes

    def labels(self, layer: Layer, labels: Array) -> GridLabels:
        """The labels of BoxData, (N, L * 7). Raises LayerError for a class that is none."""
        planes = labels.reshape(len(labels), 7, self.cells)
        has_object = planes[:, 1] != 0
        classes = np.where(has_object, planes[:, 2], 0)
        if not ((classes > -1) & (classes < self.num_class)).all():
            wrong = classes[~((classes > -1) & (classes < self.num_class))]
            raise layer.error(
                "a label in bottom[1] is no class",
                expected=f"0 to {self.num_class - 1}",
                got=f"{wrong[0]:g}",
            )
        boxes = planes[:, 3:].reshape(len(labels), self.cells, 4)
        return GridLabels(planes[:, 0] == 1, has_object, classes.astype(np.int64), boxes)

    def places(self, cells: IntArray, dtype: np.dtype) -> tuple[Array, Array]:
        """Column and row of each cell."""
        return (cells % self.side).astype(dtype), (cells // self.side).astype(dtype)


def check_planes(layer: Layer, planes: Planes, bottom: Blobs) -> None:
    """Raise LayerError unless the bottoms are outputs and labels of this grid."""
    for index, expected in enumerate((planes.num_outputs, planes.num_labels)):
        if bottom[index].count(1) != expected:
            what = ("side * side * (num_class + 5 * num_object) outputs", "side * side * 7 labels")
            raise layer.error(
                f"bottom[{index}] does not fit the grid",
                expected=f"{expected} values per item: {what[index]}",
                got=f"shape {bottom[index].shape}",
            )
