from types import SimpleNamespace

import numpy as np
import pytest

from blobnet.ops import dispatch, parallel
from blobnet.ops.dispatch import compiled_by
from blobnet.ops.jit import OURS, compiled
from blobnet.types import Array


@pytest.fixture
def kernels(monkeypatch):
    """What stands for compiled kernels: notes its arguments, and adds a number plus 100."""
    calls = []

    def add(begin: int, end: int, x: Array, number: float, out: Array) -> None:
        calls.append((begin, end, type(number)))
        out[begin:end] = x[begin:end] + number + 100

    module = SimpleNamespace(add=add)
    found = {("sums", OURS): module, ("sums", "elsewhere"): module}
    monkeypatch.setattr(dispatch, "compiled", lambda *name: found.get(name))
    yield calls
    parallel.set_num_threads(None)


@compiled_by("sums")
def add(x: Array, number: float, out: Array) -> None:
    """out = x + number"""
    np.add(x, number, out=out)


@compiled_by("missing")
def _add(x: Array, number: float, out: Array) -> None:
    np.add(x, number, out=out)


def test_a_kernel_of_the_same_name_serves_flat_arrays(kernels):
    x, out = np.arange(6, dtype=np.float32).reshape(2, 3), np.empty((2, 3), np.float32)
    add(x, 1, out)
    np.testing.assert_array_equal(out, x + 101)
    add(x, 2, out=out)
    np.testing.assert_array_equal(out, x + 102)
    assert kernels == [(0, 6, np.float32)] * 2


def test_kernels_may_be_in_another_package(kernels):
    def name(x: Array, out: Array) -> None:
        out[...] = x

    x, out = np.arange(3.0), np.empty(3)
    run = compiled_by("sums", lambda kernels, x, out: kernels.add(0, 3, x, 1, out), package=OURS)
    run(name)(x, out)
    np.testing.assert_array_equal(out, x + 101)
    compiled_by("sums", package="nowhere")(name)(x, out)
    np.testing.assert_array_equal(out, x)
    elsewhere = compiled_by("sums", package="elsewhere")(add.__wrapped__)
    elsewhere(x, 1, out)
    np.testing.assert_array_equal(out, x + 101)


def test_numpy_serves_where_there_is_no_kernel(kernels):
    x, out = np.arange(6.0), np.empty(6)
    _add(x, 1, out=out)
    np.testing.assert_array_equal(out, x + 1)


@pytest.mark.parametrize("name", ["gaps", "another type"])
def test_numpy_serves_where_arrays_are_not_flat_or_not_of_one_type(kernels, name):
    x = np.arange(12.0)[::2] if name == "gaps" else np.arange(6, dtype=np.float32)
    out = np.empty(6)
    add(x, 1, out)
    np.testing.assert_array_equal(out, x + 1)
    assert not kernels


@compiled_by("activation_kernel")
def relu(x: Array, slope: float, out: Array) -> None:
    """What the kernel does not do: its numbers are not those of numpy."""
    out[...] = np.nan


@pytest.mark.skipif(compiled("activation_kernel") is None, reason="numba is not at hand")
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_values_are_shared_by_threads(threads, shared_work):
    parallel.set_num_threads(threads)
    x, out = np.arange(-500, 500.0), np.empty(1000)
    for slope in (0, 0.25):
        relu(x, slope, out)
        np.testing.assert_array_equal(out, np.where(x > 0, x, slope * x))
    assert shared_work == ([threads] * 2 if threads > 1 else [])


def test_what_runs_the_kernels_may_decline(kernels):
    def run(kernels, x, out=None):
        return NotImplemented if out is None else "kernel"

    @compiled_by("sums", run)
    def name(x, out=None):
        return "numpy"

    assert name(1) == "numpy"
    assert name(1, out=2) == "kernel"


def test_it_is_still_the_function_that_was_written():
    assert add.__name__ == "add"
    assert add.__doc__ == "out = x + number"
    assert add.__module__ == __name__
