"""Messages between all pixels of an image: Gaussian filters, divided by what they make of ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.ops.segmentation.permutohedral import Lattice, filter_points, make_lattice
from blobnet.types import Array, DType

_NO_EXPONENT = -20
"""What is e^20 times less likely than the best label has no probability, as in Kraehenbuehl's."""


class Messages(NamedTuple):
    """A filter over the pixels of an image.

    norm  (pixels,) 1 / the filtered ones
    """

    lattice: Lattice
    norm: Array

    def filtered(self, x: Array) -> Array:
        """Each row of x, (channels, pixels), filtered."""
        result = np.empty_like(x)
        filter_points(x, self.lattice, result)
        result *= self.norm
        return result

    def transposed(self, dy: Array) -> Array:
        """The gradient of `filtered`."""
        result = np.empty_like(dy)
        filter_points(dy * self.norm, self.lattice, result, backward=True)
        return result


Deviation = float | tuple[float, ...]
"""One for all, or one of each: of columns and rows, or of each channel."""


def spatial_messages(layer: Layer, height: int, width: int, deviation: Deviation) -> Messages:
    """Pixels are near each other in the image; the deviation is in pixels."""
    return _messages(layer, _places(height, width, deviation))


def bilateral_messages(
    layer: Layer, image: Array, deviation: Deviation, of_colors: Deviation
) -> Messages:
    """Pixels are near each other in an image (channels, height, width) and in its colours."""
    channels, height, width = image.shape
    places = _places(height, width, deviation)
    colors = image.astype(np.float32).reshape(channels, height * width).T
    return _messages(layer, np.hstack([places, colors / np.asarray(of_colors, np.float32)]))


def mean_field(scores: Array, messages: Sequence[tuple[float, Messages]], steps: int) -> Array:
    """Probabilities of labels, (labels, pixels), from scores and weighted messages."""
    probabilities = _softmax(scores)
    for _ in range(steps):
        sums = scores.copy()
        for weight, its in messages:
            sums += sums.dtype.type(weight) * its.filtered(probabilities)
        probabilities = _softmax(sums)
    return probabilities


def _softmax(scores: Array) -> Array:
    """Over the first axis; 0 for what is far less likely than the best."""
    below = scores - scores.max(axis=0)
    exponentials = np.where(below < _NO_EXPONENT, 0, np.exp(below))
    result: Array = exponentials / exponentials.sum(axis=0)
    return result


def _places(height: int, width: int, deviation: Deviation) -> Array:
    """(pixels, 2): column and row, in deviations."""
    rows, columns = np.mgrid[:height, :width].astype(np.float32).reshape(2, height * width)
    places: Array = np.stack([columns, rows], axis=1) / np.asarray(deviation, np.float32)
    return places


def _messages(layer: Layer, features: Array) -> Messages:
    try:
        lattice = make_lattice(features)
    except ValueError as error:
        raise layer.error(
            "the pixels of an image cannot be compared",
            expected="colours that are finite numbers, within some thousand deviations",
            got=error,
            fix="look at the image that is the last bottom, and at the deviations",
        ) from error
    return Messages(lattice, _norm(lattice, layer.dtype))


def _norm(lattice: Lattice, dtype: DType) -> Array:
    ones = np.ones((1, len(lattice.offsets)), dtype)
    result = np.empty_like(ones)
    filter_points(ones, lattice, result)
    norm: Array = 1 / (result[0] + dtype.type(1e-20))
    return norm


def check_deviations(layer: Layer, **deviations: float) -> None:
    """Raise LayerError where one is no positive number."""
    for name, value in deviations.items():
        if not 0 < value < np.inf:
            raise layer.error(f"{name} must be a positive number", got=value)
