"""The clock that workers are judged by; all else of them is in `test_pool.py`."""

from __future__ import annotations

import ctypes
import time

import numpy as np

from blobnet.ops import pool_words as at
from blobnet.ops.workers import put_clock


def test_the_clock_tells_nanoseconds():
    words = np.zeros(at.FIRST_WORKER, np.int64)
    put_clock(words)
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    clock, takes = kind(int(words[at.CLOCK])), words[[*at.CLOCK_TAKES]].tolist()

    def told():
        clock(*takes)
        return int(words[at.TIME] * words[at.TICK] + words[at.TIME + 1])

    before = time.perf_counter_ns()
    first = told()
    between = time.perf_counter_ns()
    while time.perf_counter_ns() < between + 1_000_000:
        last = told()
    after = time.perf_counter_ns()
    assert 0 <= last - first <= after - before
    last = told()
    assert last - first >= after - between
