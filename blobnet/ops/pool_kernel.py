"""A parallel-for without the interpreter, and lists of kernels that run one after the other.

Workers wait in compiled code: spinning for a while, then asleep on a lock of the operating system.
A thread that has work opens a job; workers join it, and all take pieces of its items until none is
left. Then the caller closes the job and waits for those that have joined: one that comes late has
nothing to do, and nobody waits for it.
"""

from __future__ import annotations

from blobnet.ops import pool_words as at
from blobnet.ops.simd.atomic import (
    atomic_add,
    atomic_load,
    atomic_store,
    call_entry,
    call_lock,
    compare_and_swap,
    pause,
)
from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.types import IntArray

FIRST_PENALTY, LARGEST_PENALTY = 2**30, 2**36
"""Multiplications to do alone after a worker was late: 20 milliseconds of work; up to a second."""

TRUSTED = 1000
"""After so many jobs without delay, penalties begin with the first again."""


@exact_kernel
def work(words: IntArray, number: int) -> None:
    """What a worker does until it is told to stop."""
    me, seen = at.FIRST_WORKER + number * at.LINE, -1
    while True:
        job = _wait_for_job(words, me, seen)
        if job < 0:
            return
        if compare_and_swap(words, at.JOB, job, job + 1):
            seen = job // at.NUMBER
            _take_pieces(words, number + 1)
            left = atomic_add(words, at.JOB, -1) - 1
            if left % at.NUMBER == 0 and compare_and_swap(words, at.CALLER_SLEEPS, 1, 0):
                call_lock(words[at.RELEASE], words[at.CALLER_LOCK], 0)


@inlined
def _wait_for_job(words: IntArray, me: int, seen: int) -> int:
    """The word of an open job that is not the one `seen`; -1 where the worker is to end.

    Who sets SLEEPS back to 0 decides whether there is a release to wait for: it is the one that
    wakes, or the worker itself. How long to spin may be set anew meanwhile.
    """
    rounds, found, is_asleep = 0, -2, False
    while found == -2:
        job = atomic_load(words, at.JOB)
        if job & at.OPEN and job // at.NUMBER != seen:
            found = job
        elif atomic_load(words, at.STOP):
            found = -1
        elif is_asleep:
            call_lock(words[at.ACQUIRE], words[me + at.LOCK], 1)
            rounds, is_asleep = 0, False
        elif rounds < words[at.SPIN]:
            rounds += 1
            pause(words)
        else:  # say so, and look once more: a job may just have been opened
            atomic_store(words, me + at.SLEEPS, 1)
            is_asleep = True
    if is_asleep and not compare_and_swap(words, me + at.SLEEPS, 1, 0):
        call_lock(words[at.ACQUIRE], words[me + at.LOCK], 1)  # it has been, or is being released
    return found


@inlined
def _take_pieces(words: IntArray, thread: int) -> None:
    """Work on items until none is left: large pieces first, so that all threads end together."""
    entry, count, least = words[at.ENTRY], words[at.COUNT], words[at.LEAST]
    row, threads = words[at.ROWS] + thread * words[at.ROW], words[at.WORKERS] + 1
    while True:
        begin = atomic_load(words, at.NEXT)
        if begin >= count:
            return
        piece = max(1, (count - begin) // (2 * threads * least)) * least
        end = min(begin + piece, count)
        is_mine = compare_and_swap(words, at.NEXT, begin, end)
        if is_mine and call_entry(entry, begin, end, row) != 0:
            words[at.FAILED] = 1


@inlined
def _wake_workers(words: IntArray) -> None:
    for worker in range(words[at.WORKERS]):
        me = at.FIRST_WORKER + worker * at.LINE
        if atomic_load(words, me + at.SLEEPS) and compare_and_swap(words, me + at.SLEEPS, 1, 0):
            call_lock(words[at.RELEASE], words[me + at.LOCK], 0)


@inlined
def _are_awake(words: IntArray) -> bool:
    for worker in range(words[at.WORKERS]):
        if not atomic_load(words, at.FIRST_WORKER + worker * at.LINE + at.SLEEPS):
            return True
    return False


@exact_kernel
def run(
    words: IntArray, entry: int, rows: int, row: int, count: int, together: int, products: int
) -> bool:
    """Run a kernel over range(count), beside workers where that pays; whether it has not raised.

    rows, row  where its arguments are, and the bytes from one thread's to the next's
    together   as many items have something in common that is made once where a piece has them all
    products   how many multiplications all of it takes, about
    """
    if count == 0:
        return True
    if count == 1 or products < at.AWAKE or words[at.WORKERS] == 0:
        return bool(call_entry(entry, 0, count, rows) == 0)
    if words[at.ALONE] > 0:
        words[at.ALONE] -= products
        return bool(call_entry(entry, 0, count, rows) == 0)
    if products < at.ASLEEP and not _are_awake(words):
        return bool(call_entry(entry, 0, count, rows) == 0)
    if not compare_and_swap(words, at.IN_USE, 0, 1):  # by another thread
        return bool(call_entry(entry, 0, count, rows) == 0)
    words[at.ENTRY], words[at.ROWS], words[at.ROW] = entry, rows, row
    threads = words[at.WORKERS] + 1
    words[at.COUNT], words[at.FAILED] = count, 0
    words[at.LEAST] = min(together, max(1, count // (2 * threads)))
    atomic_store(words, at.NEXT, 0)
    number = atomic_load(words, at.JOB) // at.NUMBER + 1
    atomic_store(words, at.JOB, number * at.NUMBER + at.OPEN)
    _wake_workers(words)
    _take_pieces(words, 0)
    atomic_add(words, at.JOB, -at.OPEN)
    _judge(words, _wait_for_workers(words) - products // words[at.WORTH_A_ROUND])
    succeeded = bool(words[at.FAILED] == 0)
    atomic_store(words, at.IN_USE, 0)
    return succeeded


@inlined
def _wait_for_workers(words: IntArray) -> int:
    """Until all that have joined have left; how often it looked.

    What wakes the caller may be a worker that has left the job before this one, and was slow to
    say so: it looks again.
    """
    rounds = 0
    while atomic_load(words, at.JOB) & at.JOINED:
        rounds += 1
        if rounds < words[at.PATIENCE]:
            pause(words)
            continue
        atomic_store(words, at.CALLER_SLEEPS, 1)
        is_done = atomic_load(words, at.JOB) & at.JOINED == 0
        if not (is_done and compare_and_swap(words, at.CALLER_SLEEPS, 1, 0)):
            call_lock(words[at.ACQUIRE], words[at.CALLER_LOCK], 1)
    return rounds


@inlined
def _judge(words: IntArray, rounds: int) -> None:
    """Work alone for some time where a worker was late: another program has its processor.

    rounds  how much longer than the last piece of a job may take the caller has waited
    """
    if rounds < words[at.LATE]:
        words[at.WELL_DONE] += 1
        return
    _go_alone(words)


@inlined
def _go_alone(words: IntArray) -> None:
    penalty = min(2 * words[at.PENALTY], LARGEST_PENALTY)
    words[at.PENALTY] = FIRST_PENALTY if words[at.WELL_DONE] >= TRUSTED else penalty
    words[at.ALONE], words[at.WELL_DONE] = words[at.PENALTY], 0


@exact_kernel
def go_alone(words: IntArray) -> None:
    """Let the calling threads work alone for some time: other programs have the processors."""
    _go_alone(words)


@exact_kernel
def run_steps(words: IntArray, steps: IntArray, first: int, products: int) -> int:
    """Run a list of kernels, from `first` on, until one is not compiled; its number, or the end.

    steps     each an entry, and what `run` takes behind it; entry 0 for what is not compiled
    products  how many multiplications the list takes: workers are woken at the start where
              that is worth it

    Returns -1 - the number of a step whose kernel has raised.
    """
    if products >= at.ASLEEP and words[at.ALONE] <= 0:
        _wake_workers(words)
    for step in range(first, len(steps)):
        entry, rows, row, count, together, products = steps[step]
        if entry == 0:
            return step
        if not run(words, entry, rows, row, count, together, products):
            return -1 - step
    return len(steps)


@exact_kernel
def stop(words: IntArray) -> None:
    """Let all workers end, those that sleep too."""
    atomic_store(words, at.STOP, 1)
    _wake_workers(words)


@exact_kernel
def rest(words: IntArray, rounds: int) -> None:
    """Spin so often, to see how long that takes."""
    for _ in range(rounds):
        pause(words)
