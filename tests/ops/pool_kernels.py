"""Kernels for the tests of launches and of the pool. A test that imports them needs numba."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest

from blobnet.ops.jit import compiled

if compiled("pool_kernel") is None:
    pytest.skip("numba is not at hand", allow_module_level=True)

from blobnet.ops import pool_words as at
from blobnet.ops.simd import kernel as kernels
from blobnet.ops.simd.atomic import (
    atomic_add,
    atomic_load,
    atomic_store,
    call_lock,
    compare_and_swap,
    pause,
)

MANY_ROUNDS = 10**10
"""To wait for another thread; minutes, before a test fails."""


def made_here(function):
    """A kernel that is compiled in every process: files would not know that a test has changed."""
    with mock.patch.object(kernels, "_KernelCache", side_effect=RuntimeError):
        return kernels.exact_kernel(function)


@made_here
def count_up(begin, end, counts):
    """counts[i] += 1 for every item."""
    for i in range(begin, end):
        counts[i] += 1


@made_here
def note_pieces(begin, end, pieces, number):
    """pieces[i] = (begin, end), and number[0] of the pieces."""
    i = atomic_add(number, 0, 1)
    pieces[i, 0], pieces[i, 1] = begin, end


@made_here
def meet(begin, end, begun, met):
    """Begin an item, and wait until all have been begun: that takes a thread for each."""
    for item in range(begin, end):
        atomic_add(begun, 0, 1)
        rounds = 0
        while atomic_load(begun, 0) < len(met) and rounds < MANY_ROUNDS:
            pause(begun)
            rounds += 1
        met[item] = atomic_load(begun, 0) >= len(met)


@made_here
def fail_at(begin, end, bad, done):
    """Do the items, and raise at one of them."""
    for item in range(begin, end):
        done[item] += 1
        if item == bad:
            raise MemoryError


@made_here
def caller_first(begin, end, thread, begun, woken, done):
    """Two items. The caller ends as soon as the worker has begun; the worker, when it may."""
    for item in range(begin, end):
        atomic_add(begun, 0, 1)
        rounds = 0
        while atomic_load(begun, 0) < 2 and rounds < MANY_ROUNDS:
            pause(begun)
            rounds += 1
        if thread > 0:
            rounds = 0
            while atomic_load(woken, 0) < 3 and rounds < MANY_ROUNDS:
                pause(begun)
                rounds += 1
            for _ in range(100_000):
                pause(begun)
        done[item] = 1


@made_here
def wake_the_caller(words, woken):
    """Wake the caller three times, as workers do that are slow to say that they have left."""
    times, rounds = 0, 0
    while times < 3 and rounds < MANY_ROUNDS:
        pause(woken)
        rounds += 1
        if compare_and_swap(words, at.CALLER_SLEEPS, 1, 0):
            call_lock(words[at.RELEASE], words[at.CALLER_LOCK], 0)
            times += 1
            atomic_store(woken, 0, times)


def zeros(count):
    return np.zeros(count, np.int64)
