"""A parallel-for without the interpreter, and lists of kernels that run one after the other.

Workers wait in compiled code: spinning for a while, then asleep on a lock of the operating system.
A thread that has work opens a job; workers join it, and all take pieces of its items until none is
left. Then the caller closes the job and waits for those that have joined: one that comes late has
nothing to do, and nobody waits for it.
"""

from __future__ import annotations

from typing import Any

from blobnet.ops import pool_words as at
from blobnet.ops.simd.atomic import (
    atomic_add,
    atomic_load,
    atomic_store,
    call_clock,
    call_entry,
    call_lock,
    compare_and_swap,
    pause,
)
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import counter, either, forever, loop, when
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Operand, Value
from blobnet.ops.simd.vector import maximum, minimum, where
from blobnet.types import IntArray

FIRST_PENALTY, LARGEST_PENALTY = 2**30, 2**36
"""Multiplications to do alone after a worker was late: 20 milliseconds of work; up to a second."""

TRUSTED = 8
"""After so many times the last penalty without delay, penalties begin with the first again."""

PIECES_TO_WAIT = 2
"""Of so many last pieces, as long as they took the caller, it may wait for the end: one that a
worker has just begun, where its items are larger, or its processor is slower, than the caller's."""


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


@traced
def _wait_for_job(words: Flat, me: Value, seen: Value) -> Value:
    """The word of an open job that is not the one `seen`; -1 where the worker is to end.

    Who sets SLEEPS back to 0 decides whether there is a release to wait for: it is the one that
    wakes, or the worker itself. How long to spin may be set anew meanwhile.
    """
    rounds, found, is_asleep = (counter(words.builder, first) for first in (0, -1, 0))

    def sleep() -> None:
        call_lock(words[at.ACQUIRE], words[me + at.LOCK], 1)
        rounds[0], is_asleep[0] = 0, 0

    def spin() -> None:
        rounds[0] = rounds[0] + 1
        pause(words)

    def say_so() -> None:  # and look once more: a job may just have been opened
        atomic_store(words, me + at.SLEEPS, 1)
        is_asleep[0] = 1

    with forever(words.builder) as leave:
        job = atomic_load(words, at.JOB)
        with when((job & at.OPEN != 0) & (job // at.NUMBER != seen)):
            found[0] = job
            leave()
        with when(atomic_load(words, at.STOP) != 0):
            leave()
        either(is_asleep[0] != 0, sleep, lambda: either(rounds[0] < words[at.SPIN], spin, say_so))
    with when(is_asleep[0] != 0), when(~compare_and_swap(words, me + at.SLEEPS, 1, 0)):
        call_lock(words[at.ACQUIRE], words[me + at.LOCK], 1)  # it has been, or is being released
    return found[0]


@traced
def _take_pieces(words: Flat, thread: Operand) -> Value:
    """Work on items until none is left: large pieces first, so that all threads end together.

    Returns how many items this thread has done.
    """
    entry, count, least = words[at.ENTRY], words[at.COUNT], words[at.LEAST]
    row, threads = words[at.ROWS] + words[at.ROW] * thread, words[at.WORKERS] + 1
    done = counter(words.builder)
    with forever(words.builder) as leave:
        begin = atomic_load(words, at.NEXT)
        with when(begin >= count):
            leave()
        piece = maximum(1, (count - begin) // (2 * threads * least)) * least
        end = minimum(begin + piece, count)
        with when(compare_and_swap(words, at.NEXT, begin, end)):
            done[0] = done[0] + (end - begin)
            with when(call_entry(entry, begin, end, row) != 0):
                words[at.FAILED] = 1
    return done[0]


@traced
def _wake_workers(words: Flat) -> None:
    with loop(0, words[at.WORKERS]) as worker:
        me = worker * at.LINE + at.FIRST_WORKER
        is_asleep = atomic_load(words, me + at.SLEEPS) != 0
        with when(is_asleep), when(compare_and_swap(words, me + at.SLEEPS, 1, 0)):
            call_lock(words[at.RELEASE], words[me + at.LOCK], 0)


@traced
def _are_awake(words: Flat) -> Value:
    """Whether a worker does not sleep."""
    worker, workers = counter(words.builder), words[at.WORKERS]
    with forever(words.builder) as leave:
        with when(worker[0] >= workers):
            leave()
        with when(atomic_load(words, worker[0] * at.LINE + (at.FIRST_WORKER + at.SLEEPS)) == 0):
            leave()
        worker[0] = worker[0] + 1
    return worker[0] < workers


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
    begun = _now(words)
    done = _take_pieces(words, 0)
    ended = _now(words)
    atomic_add(words, at.JOB, -at.OPEN)
    _wait_for_workers(words)
    if done > 0:  # else nothing says how long an item takes
        piece = (ended - begun) * words[at.LEAST] // done
        saved = (ended - begun) * (count - done) // done
        _judge(words, _now(words) - ended - PIECES_TO_WAIT * piece - saved, products)
    succeeded = bool(words[at.FAILED] == 0)
    atomic_store(words, at.IN_USE, 0)
    return succeeded


@traced
def _now(words: Flat) -> Value:
    """In nanoseconds, from no particular time on. For the caller of a job alone."""
    call_clock(words[at.CLOCK], *(words[take] for take in at.CLOCK_TAKES))
    return words[at.TIME] * words[at.TICK] + words[at.TIME + 1]


@traced
def _wait_for_workers(words: Flat) -> None:
    """Until all that have joined have left.

    What wakes the caller may be a worker that has left the job before this one, and was slow to
    say so: it looks again.
    """
    rounds = counter(words.builder)

    def all_have_left() -> Any:
        return atomic_load(words, at.JOB) & at.JOINED == 0

    def sleep() -> None:
        atomic_store(words, at.CALLER_SLEEPS, 1)
        is_awake = either(
            all_have_left(), lambda: compare_and_swap(words, at.CALLER_SLEEPS, 1, 0), lambda: False
        )
        with when(~is_awake):
            call_lock(words[at.ACQUIRE], words[at.CALLER_LOCK], 1)

    with forever(words.builder) as leave:
        with when(all_have_left()):
            leave()
        rounds[0] = rounds[0] + 1
        either(rounds[0] < words[at.PATIENCE], lambda: pause(words), sleep)


@traced
def _judge(words: Flat, lost: Value, products: Value) -> None:
    """Work alone for some time where a worker was late: another program has its processor.

    lost      how many nanoseconds longer the caller has waited than the last piece of a job may
              take, and what workers have done would have taken it: long jobs are worth a wait
    products  how many multiplications the job took
    """

    def well_done() -> None:
        words[at.WELL_DONE] = words[at.WELL_DONE] + products

    either(lost < words[at.LATE], well_done, lambda: _go_alone(words))


@traced
def _go_alone(words: Flat) -> None:
    longer = minimum(2 * words[at.PENALTY], LARGEST_PENALTY)
    is_trusted = words[at.WELL_DONE] >= TRUSTED * words[at.PENALTY]
    penalty = where(is_trusted, FIRST_PENALTY, longer)
    words[at.ALONE], words[at.PENALTY], words[at.WELL_DONE] = penalty, penalty, 0


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
