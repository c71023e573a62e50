"""Labels that choose among classes which the layer itself has, as rows of a table or as columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.types import Array

IndexArray = NDArray[np.intp]


def check_count(layer: Layer, labels: Blob, items: int, index: int = 1) -> None:
    """Raise LayerError where there is not one label for each item."""
    if labels.count != items:
        raise layer.error(
            "Number of labels must match number of items.",
            expected=f"{items} labels, one for each item of bottom[0]",
            got=f"{labels.count} labels, bottom[{index}] of shape {labels.shape}",
        )


def check_items(layer: Layer, bottom: Blobs, length: int) -> int:
    """How many items; LayerError unless all are as long as a centre, each with one label."""
    num = bottom[0].shape[0]
    if bottom[0].count != num * length:
        raise layer.error(
            "an item must be as long as a centre",
            expected=f"{num} items of {length} values",
            got=f"bottom[0] of shape {bottom[0].shape}",
        )
    check_count(layer, bottom[1], num)
    return num


def read_classes(layer: Layer, labels: Blob, num_classes: int, index: int = 1) -> IndexArray:
    """The class of each item; fractions are cut off. Raises LayerError for what is no class."""
    return classes_of(layer, labels.data.reshape(-1), num_classes, index)


def classes_of(layer: Layer, values: Array, num_classes: int, index: int = 1) -> IndexArray:
    """The same of labels (M,), out of the bottom with that index."""
    wrong = np.flatnonzero(~((values > -1) & (values < num_classes)))  # or NaN
    if wrong.size:
        more = f" (and {wrong.size - 1} more)" if wrong.size > 1 else ""
        raise layer.error(
            f"a label in bottom[{index}] is no class",
            expected=f"a whole number from 0 to {num_classes - 1}",
            got=f"label {values[wrong[0]]:g} for item {int(wrong[0])}{more}",
            fix="number the classes from 0, or have the layer know as many as there are",
        )
    return values.astype(np.intp)
