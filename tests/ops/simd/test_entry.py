"""Entries of kernels: called by their address, with a row of numbers."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.ops import jit
from tests.ops.pool_kernels import fail_at, made_here, zeros

ENTRY = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)


def entry_of(kernel, *arguments):
    from blobnet.ops.simd import entry

    return entry.entry_of(kernel, arguments)


def call(address, begin, end, *numbers):
    row = np.array(numbers, np.int64)
    return ENTRY(address)(begin, end, row.ctypes.data)


def bits(number):
    return int(np.float64(number).view(np.int64))


@made_here
def tell(begin, end, x, number, wide, narrow, flag, nothing, pair, out):
    rows, columns = x.shape
    for i in range(begin, end):
        out[i] = 0 if nothing is None else 1
        out[i] += number + 10 * wide + 100 * narrow + 1000 * flag
        out[i] += 10_000 * (pair[0][0] + pair[1]) + 100_000 * x[rows - 1, columns - 1]


def test_an_entry_takes_a_row_apart():
    x, first, out = np.arange(6, dtype="f4").reshape(2, 3), np.array([7, 8]), np.zeros(5)
    arguments = x, 3, 0.5, np.float32(0.25), True, None, (first, 2), out
    address = entry_of(tell, *arguments)
    row = [x.ctypes.data, 2, 3, 3, bits(0.5), bits(0.25), 1]
    row += [first.ctypes.data, 2, 2, out.ctypes.data, 5]
    assert call(address, 1, 4, *row) == 0
    expected = 3 + 5 + 25 + 1000 + 90_000 + 500_000
    np.testing.assert_array_equal(out, [0, expected, expected, expected, 0])


@made_here
def tell_size(begin, end, x, out):
    out[0], out[1] = x.size, x.nbytes
    for axis in range(x.ndim):
        out[2 + axis], out[5 + axis] = x.shape[axis], x.strides[axis]


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "u1", "?"])
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 3, 5), (2, 0, 5), (0,)])
def test_an_array_is_whole(shape, dtype):
    x, out = np.zeros(shape, dtype), zeros(8)
    address = entry_of(tell_size, x, out)
    assert call(address, 0, 1, x.ctypes.data, *shape, out.ctypes.data, 8) == 0
    assert list(out[:2]) == [x.size, x.nbytes]
    assert tuple(out[2 : 2 + x.ndim]) == shape
    steps = [x.itemsize * int(np.prod(shape[axis + 1 :])) for axis in range(x.ndim)]
    assert list(out[5 : 5 + x.ndim]) == steps


def test_what_has_raised_is_told_of():
    done = zeros(10)
    address = entry_of(fail_at, 5, done)
    row = [5, done.ctypes.data, 10]
    assert call(address, 0, 5, *row) == 0
    assert call(address, 5, 10, *row) != 0
    np.testing.assert_array_equal(done, [1] * 6 + [0] * 4)


def test_a_kernel_has_an_entry_for_each_type():
    out = zeros(8)
    single, double = np.zeros(3, "f4"), np.zeros(3)
    assert entry_of(tell_size, single, out) == entry_of(tell_size, single[:2], out)
    assert entry_of(tell_size, single, out) != entry_of(tell_size, double, out)
    for x in (single, double):
        call(entry_of(tell_size, x, out), 0, 1, x.ctypes.data, 3, out.ctypes.data, 8)
        assert out[1] == x.nbytes


def test_several_threads_may_ask_at_once():
    @made_here
    def three(begin, end, out):
        out[0] = 3

    starting, found = threading.Barrier(4, timeout=60), []

    def ask():
        starting.wait()
        found.append(entry_of(three, zeros(1)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(found)) == 1
    out = zeros(1)
    call(found[0], 0, 1, out.ctypes.data, 1)
    assert out[0] == 3


def test_what_cannot_be_compiled_is_told_of(monkeypatch):
    @made_here
    def bad(begin, end, out):
        out.there_is_no_such_thing()

    monkeypatch.setattr(jit, "_failures", [])
    with pytest.raises(jit.KernelError, match=r"numba cannot compile .*bad"):
        entry_of(bad, zeros(1))
    jit.compiled.cache_clear()


UPDATES = """
import sys
import numpy as np
from blobnet.ops import parallel, update_rules, updates
parallel.set_num_threads(1)
for name, size in zip(sys.argv[1::2], map(int, sys.argv[2::2])):
    rule = getattr(update_rules, name)
    w, dw, h = np.random.default_rng(1).random((3, size))
    numbers = updates.of_type(w.dtype, (0.1, 0.9))
    change, memory = rule(dw, h, *numbers)
    expected = w - change
    updates.update_in_one_pass(rule, (w, dw, h), (w.dtype.type(1), w.dtype.type(0), False), numbers)
    assert w.tobytes() == expected.tobytes(), (name, size)
"""


def test_kernels_that_two_processes_have_kept_under_one_name_are_told_apart(tmp_path):
    """numba numbers what it compiles anew in each process."""
    few, many = "10", "100000"  # those are a call, these a launch
    for asked in (
        ["sgd", few],
        ["adagrad", few],
        ["sgd", few, "adagrad", few, "sgd", many, "adagrad", many, "sgd", few],
    ):
        done = subprocess.run(
            [sys.executable, "-c", UPDATES, *asked],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
            cwd=Path(blobnet.__file__).parents[1],
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
