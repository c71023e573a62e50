"""Words that several threads change at once."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from blobnet.ops.jit import compiled
from tests.ops.pool_kernels import MANY_ROUNDS, count_up, fail_at, made_here, zeros

if compiled("pool_kernel") is not None:
    from blobnet.ops.simd.atomic import (
        atomic_add,
        atomic_load,
        atomic_store,
        call_entry,
        compare_and_swap,
        pause,
    )
    from blobnet.ops.simd.entry import entry_of

TIMES = 100_000


@made_here
def use_all(words, told):
    atomic_store(words, 1, 7)
    told[0] = atomic_load(words, 1)
    told[1] = atomic_add(words, 1, 3)
    told[2] = atomic_add(words, 1, -20)
    told[3] = compare_and_swap(words, 1, 5, 100)
    told[4] = compare_and_swap(words, 1, -10, 2**62)


def test_one_thread_sees_what_it_does():
    words, told = zeros(3), zeros(5)
    use_all(words, told)
    np.testing.assert_array_equal(words, [0, 2**62, 0])
    np.testing.assert_array_equal(told, [7, 7, 10, 0, 1])


@made_here
def add_often(words, times):
    for _ in range(times):
        atomic_add(words, 0, 1)


@made_here
def swap_often(words, times):
    for _ in range(times):
        before = atomic_load(words, 0)
        while not compare_and_swap(words, 0, before, before + 1):
            before = atomic_load(words, 0)


def in_threads(kernel, *arguments):
    threads = [threading.Thread(target=kernel, args=some) for some in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()


@pytest.mark.parametrize("kernel", [add_often, swap_often], ids=["add", "swap"])
def test_no_change_is_lost(kernel):
    words = zeros(1)
    in_threads(kernel, *[(words, TIMES)] * 4)
    assert words[0] == 4 * TIMES


@made_here
def take_turns(words, me, values, seen, times):
    """Write a value, and give the word to the other thread, which reads what was written."""
    for turn in range(times):
        rounds = 0
        while atomic_load(words, 0) % 2 != me and rounds < MANY_ROUNDS:
            pause(words)
            rounds += 1
        seen[me] += values[0]
        values[0] = 1000 * me + turn
        atomic_add(words, 0, 1)


def test_what_was_written_before_a_word_is_seen_after_it():
    words, values, seen, times = zeros(1), zeros(1), zeros(2), 300
    in_threads(take_turns, *[(words, me, values, seen, times) for me in (0, 1)])
    turns = sum(range(times))
    assert list(seen) == [turns + 1000 * (times - 1) - (times - 1), turns]


@made_here
def call_twice(entry, row, told):
    told[0] = call_entry(entry, 0, 2, row)
    told[1] = call_entry(entry, 2, 4, row)


@pytest.mark.parametrize("bad", [None, 3])
def test_a_kernel_is_called_by_its_entry(bad):
    out, told = zeros(5), zeros(2)
    numbers = [out.ctypes.data, len(out)]
    if bad is None:
        entry = entry_of(count_up, (out,))
    else:
        entry, numbers = entry_of(fail_at, (bad, out)), [bad, *numbers]
    row = np.array(numbers, np.int64)
    call_twice(entry, row.ctypes.data, told)
    np.testing.assert_array_equal(out, [1, 1, 1, 1, 0])
    assert told[0] == 0
    assert (told[1] != 0) == (bad is not None)
