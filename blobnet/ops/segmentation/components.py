"""Connected areas of equal labels in a map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blobnet.types import Array

Indices = NDArray[np.intp]


def connected_components(labels: Array) -> Indices:
    """The number of each area of one label, from 1 on, and 0 where the label is 0.

    labels  (H, W); pixels hang together that share a side. Areas are numbered in the order of their
            first pixels, row by row.
    """
    flat = labels.reshape(-1)
    index = np.arange(flat.size).reshape(labels.shape)
    across, down = labels[:, 1:] == labels[:, :-1], labels[1:] == labels[:-1]
    one = np.concatenate([index[:, :-1][across], index[:-1][down]])
    other = np.concatenate([index[:, 1:][across], index[1:][down]])
    first = _first_of_each_area(flat.size, one, other)
    is_area = flat != 0
    numbers: Indices = np.zeros(flat.size, np.intp)
    numbers[is_area] = np.unique(first[is_area], return_inverse=True)[1].reshape(-1) + 1
    return numbers.reshape(labels.shape)


def _first_of_each_area(count: int, one: Indices, other: Indices) -> Indices:
    """For each of `count` pixels the smallest index in its area, where pairs say who is joined."""
    first: Indices = np.arange(count)
    while len(one):
        roots, others = first[one], first[other]
        differ = roots != others
        one, other, roots, others = one[differ], other[differ], roots[differ], others[differ]
        np.minimum.at(first, np.maximum(roots, others), np.minimum(roots, others))
        while (first[first] != first).any():
            first = first[first]
    return first
