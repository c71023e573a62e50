"""Blocks in which numpy does not warn, within one another and in every thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from blobnet.ops import parallel
from blobnet.ops.overflow import overflow_allowed

WARNS = pytest.raises(FloatingPointError)


def overflows() -> bool:
    """Whether numpy says nothing of a number too large for it."""
    with np.errstate():  # as it is
        return bool(np.isinf(np.float32(3e38) * np.float32(10)))


@pytest.fixture(autouse=True)
def numpy_is_strict():
    with np.errstate(all="raise"):
        yield


def test_only_within_the_block_nothing_is_said():
    with overflow_allowed():
        assert overflows()
    with WARNS:
        overflows()


def test_a_block_within_another_ends_without_ending_that():
    with overflow_allowed():
        with overflow_allowed():
            assert overflows()
        assert overflows()
    with WARNS:
        overflows()


def test_an_error_ends_both():
    with pytest.raises(KeyError), overflow_allowed(), overflow_allowed():
        raise KeyError
    with WARNS:
        overflows()


def test_another_thread_begins_outside_of_a_block():
    found = []

    def run() -> None:
        with np.errstate(all="raise"):
            found.append(np.geterr()["over"])
            with overflow_allowed():
                found.append(overflows())

    with overflow_allowed():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert found == ["raise", True]


def test_the_threads_that_compute_beside_the_calling_one_never_warn():
    begun = threading.Barrier(3, timeout=60)
    found = {}

    def work(item: int) -> None:
        begun.wait()  # so that each thread has a share
        found[threading.get_ident()] = np.geterr()["over"]

    parallel.set_num_threads(3)
    try:
        with np.errstate(all="raise"):
            parallel.for_each(work, range(3))
    finally:
        parallel.set_num_threads(None)
    assert found.pop(threading.get_ident()) == "raise"
    assert list(found.values()) == ["ignore", "ignore"]
