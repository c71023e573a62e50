"""A fully connected conditional random field over the pixels of an image, by mean field.

Kraehenbuehl and Koltun, NIPS 2011; their code of 2013, whose filters are divided by the square
roots of what they make of ones, before and behind.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.ops.segmentation.permutohedral import Lattice, filter_points, make_lattice
from blobnet.types import Array


class _Filter(NamedTuple):
    """A Gaussian filter over pixels, and what its sums are multiplied by."""

    weight: float
    lattice: Lattice
    norm: Array

    def messages(self, shares: Array) -> Array:
        filtered = np.empty_like(shares)
        filter_points(shares * self.norm, self.lattice, filtered)
        found: Array = filtered * self.norm * shares.dtype.type(self.weight)
        return found


def infer(
    scores: Array, image: Array, *, near: tuple[float, float], alike: tuple[float, float, float],
    iterations: int = 10,
) -> Array:  # fmt: skip
    """How likely each label is for each pixel, (C, H, W), where the sum of labels is 1.

    scores  (C, H, W) logarithms of how likely each label is, up to a sum for each pixel
    image   (3, H, W) colours from 0 to 255
    near    weight of pixels that are near each other, and the deviation in pixels
    alike   weight of those that are near and alike, the deviation in pixels and in each colour
    """
    height, width = scores.shape[1:]
    rows, columns = np.mgrid[:height, :width].reshape(2, -1).astype(np.float32)
    places = np.stack([columns, rows], axis=1)
    colours = image.reshape(3, -1).T.astype(np.float32)
    features = np.hstack([places / np.float32(alike[1]), colours / np.float32(alike[2])])
    filters = [_filter(near[0], places / np.float32(near[1])), _filter(alike[0], features)]
    flat = scores.reshape(len(scores), -1).astype(np.float32)
    shares = _softmax(flat)
    for _ in range(iterations):
        shares = _softmax(flat + sum(its.messages(shares) for its in filters))
    return shares.reshape(scores.shape)


def _filter(weight: float, features: Array) -> _Filter:
    lattice = make_lattice(features)
    ones = np.ones((1, len(features)), np.float32)
    sums = np.empty_like(ones)
    filter_points(ones, lattice, sums)
    return _Filter(weight, lattice, 1 / np.sqrt(sums[0] + np.float32(1e-20)))


def _softmax(scores: Array) -> Array:
    shares: Array = np.exp(scores - scores.max(axis=0))
    shares /= shares.sum(axis=0)
    return shares
