"""Whether two lists of boxes are the same, but for what the last bit of a score decides."""

from __future__ import annotations

import numpy as np

from blobnet.comparing.difference import TOLERANCE
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array

_COLUMNS, _SCORE = 7, 2
_MOST = 0.05  # of all boxes, how many may have been exchanged
_AT_ONCE = 2**10  # rows that are compared with all others at a time


def in_order_of(expected: Array, got: Array) -> Array:
    """The rows of `got` as the rows of `expected` stand, where only equal scores change places.

    `got` as it is where the two are no lists of boxes, or a row has none that is like it.
    """
    if expected.shape != got.shape or expected.shape[-1:] != (_COLUMNS,):
        return got
    a, b = expected.reshape(-1, _COLUMNS), got.reshape(-1, _COLUMNS)
    if not np.isfinite(a).all() or not np.isfinite(b).all():
        return got
    if np.abs(a[:, _SCORE] - b[:, _SCORE]).max(initial=0) > TOLERANCE:
        return got
    order = np.arange(len(a))
    moved = np.flatnonzero([not _are_like(a[k], b[k : k + 1])[0] for k in order])
    free = moved
    for place in moved:
        alike = np.flatnonzero(_are_like(a[place], b[free]))
        if not len(alike):
            return got
        order[place] = free[alike[0]]
        free = np.delete(free, alike[0])
    return b[order].reshape(got.shape)


def are_same_but_for_ties(expected: Array, got: Array) -> bool:
    """Whether boxes of equal scores stand in another order, or one was kept and not the other.

    expected, got  (1, 1, K, 7): rows of an image, a class, a score and four corners

    As of two classes of one box with one score, where only one box of that place may stay. So it is
    for a few boxes at most, and each that is missing has one in its place with its score.
    """
    if expected.shape != got.shape or expected.shape[-1:] != (_COLUMNS,):
        return False
    a, b = expected.reshape(-1, _COLUMNS), got.reshape(-1, _COLUMNS)
    if np.isnan(a).any() or np.isnan(b).any():
        return False
    without, alone = _without_match(a, b), _without_match(b, a)
    if max(len(without), len(alone)) > max(1, _MOST * len(a)):
        return False
    ranked = [np.sort(rows[:, _SCORE]) for rows in (a, b)]
    return bool(np.abs(ranked[0] - ranked[1]).max(initial=0) <= TOLERANCE)


def _are_like(row: Array, others: Array) -> Array:
    """Which rows have its image, its class, and its score and corners but for rounding."""
    size = np.abs(row[_SCORE:]).max()
    is_same = (row[:_SCORE] == others[:, :_SCORE]).all(axis=1)
    apart = np.abs(row[_SCORE:].astype(np.float64) - others[:, _SCORE:]).max(axis=1)
    like: Array = is_same & (apart <= TOLERANCE * size)
    return like


def _without_match(rows: Array, others: Array) -> Array:
    """Those of the rows that none of the others is like: class and image, score and corners."""
    found = np.zeros(len(rows), bool)
    values = rows[:, _SCORE:]
    size = np.abs(values).max(axis=1, initial=0, where=np.isfinite(values))
    for at in range(0, len(rows), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        apart = np.zeros((len(rows[part]), len(others)))
        for column in range(_COLUMNS):
            one, other = rows[part, column, None], others[None, :, column]
            with overflow_allowed():
                difference = np.where(one == other, 0, np.abs(one - other))
            if column < _SCORE:
                difference[difference > 0] = np.inf
            np.maximum(apart, difference, out=apart)
        found[part] = (apart <= TOLERANCE * size[part, None]).any(axis=1)
    unmatched: Array = rows[~found]
    return unmatched
