"""CRC-32C, eight bytes a step: each has a table for the number of bytes that follow it."""

from __future__ import annotations

import numpy as np

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array

WIDTH = 8
"""Bytes in a step, and tables."""


@exact_kernel
def pass_all(steps: Array, rest: Array, tables: Array, register: Array) -> None:
    """What becomes of the register when the message has gone through.

    steps     (n, WIDTH) uint8: the message, but for its last bytes
    rest      (m,) uint8
    tables    (WIDTH, 256) uint32: what a byte contributes with as many bytes behind it
    register  (1,) uint32, changed
    """
    t0, t1, t2, t3 = tables[0], tables[1], tables[2], tables[3]
    t4, t5, t6, t7 = tables[4], tables[5], tables[6], tables[7]
    r = register[0]
    for step in steps:
        r = (
            t7[step[0] ^ np.uint8(r)]
            ^ t6[step[1] ^ np.uint8(r >> np.uint32(8))]
            ^ t5[step[2] ^ np.uint8(r >> np.uint32(16))]
            ^ t4[step[3] ^ np.uint8(r >> np.uint32(24))]
            ^ t3[step[4]]
            ^ t2[step[5]]
            ^ t1[step[6]]
            ^ t0[step[7]]
        )
    for byte in rest:
        r = r >> np.uint32(8) ^ t0[byte ^ np.uint8(r)]
    register[0] = r
