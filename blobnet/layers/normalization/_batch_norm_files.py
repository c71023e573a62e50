"""In which order files of forks have the weights of BatchNorm: NVCaffe's net.cpp, Intel's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from blobnet.serialization.stored import StoredBlob

Stored = Mapping[int, StoredBlob]

_ONE = StoredBlob((1,), False, lambda: np.ones(1, np.float32), dtype=np.dtype(np.float32))


def in_order(stored: Stored) -> Stored:
    """mean, variance, divisor, factor, offset: of DIGITS' old files, factor and offset come first.

    In those the fifth blob is one number, which was kept for later; mean and variance are as they
    are to be used.
    """
    if sorted(stored) != list(range(5)) or stored[4].count != 1 or stored[2].count == 1:
        return stored
    factor, offset, mean, variance = (stored[index] for index in range(4))
    return {0: mean, 1: variance, 2: _ONE, 3: factor, 4: offset}


def split(stored: Stored, count: int) -> tuple[Stored, Stored]:
    """The statistics of a layer with `count` blobs; factor and offset for the Scale behind it.

    Where Intel's fork and NVCaffe join the two, the file has all five at BatchNorm.
    """
    if count != 3 or sorted(stored) != list(range(5)):
        return stored, {}
    return {index: stored[index] for index in range(3)}, {0: stored[3], 1: stored[4]}
