"""The numbers that the C library's `rand` gives after `srand`, in glibc.

Caffe's forks seed with it what their trained weights rest on, so it must be the same numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LAG, _SHORT_LAG, _UNUSED = 31, 3, 344 - 34
_MODULUS = 2**31 - 1


def c_random(seed: int, count: int) -> NDArray[np.int64]:
    """The first `count` numbers, each from 0 to 2^31 - 1.

    An additive feedback generator: of 31 numbers from a linear congruence, each further one is
    r[i - 3] + r[i - 31] modulo 2^32, whose lowest bit is not shown; 310 are thrown away.
    """
    values = [seed % 2**31 or 1]
    for _ in range(_LAG - 1):
        values.append(16807 * values[-1] % _MODULUS)
    values += values[:_SHORT_LAG]
    for at in range(_LAG + _SHORT_LAG, _LAG + _SHORT_LAG + _UNUSED + count):
        values.append((values[at - _SHORT_LAG] + values[at - _LAG]) % 2**32)
    return np.array([value >> 1 for value in values[_LAG + _SHORT_LAG + _UNUSED :]], np.int64)
