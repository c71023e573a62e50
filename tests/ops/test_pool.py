"""Workers that share a job with the calling thread, and what becomes of them."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import blobnet
from blobnet.ops import parallel, pool, workers
from blobnet.ops import pool_words as at
from blobnet.ops.launch import Launch, launch
from blobnet.ops.pool import Pool
from tests import sharing
from tests.ops.pool_kernels import (
    caller_first,
    count_up,
    fail_at,
    meet,
    note_pieces,
    wake_the_caller,
    zeros,
)

LARGE = at.ASLEEP
SECONDS = 60


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    sharing.be_patient(monkeypatch)
    parallel.set_num_threads(None)
    yield
    parallel.set_num_threads(None)


def of(threads):
    """A new pool, which launches go to."""
    parallel.set_num_threads(threads)
    return parallel.the_pool()


def wait_until(condition):
    last = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.001)


def are_asleep(some):
    places = [at.FIRST_WORKER + n * at.LINE + at.SLEEPS for n in range(some.num_threads - 1)]
    return some.words[places].all()


def met(count, products=LARGE):
    """Whether so many threads were at work at once."""
    all_met = zeros(count)
    launch(meet, count, (zeros(1), all_met), products)
    return all_met.all()


def pieces_of(count, products, together=1):
    """What the kernel has been called for."""
    pieces, number = np.zeros((count, 2), np.int64), zeros(1)
    launch(note_pieces, count, (pieces, number), products, together)
    return sorted(map(tuple, pieces[: number[0]]))


# --- sharing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("products", [1, at.AWAKE, at.ASLEEP])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_item_is_done_once(threads, products):
    of(threads)
    for count in (0, 1, 2, 3, 63, 64, 65, 1000, 12345):
        for together in (1, 3, 64, 10**6):
            counts = zeros(count)
            launch(count_up, count, (counts,), products, together)
            np.testing.assert_array_equal(counts, 1)


def test_workers_take_part():
    of(3)
    for _ in range(20):
        assert met(3)


def test_workers_that_fell_asleep_are_woken(monkeypatch):
    monkeypatch.setattr(pool, "SPIN", 0.0)
    some = of(3)
    for _ in range(5):
        assert met(3)
        wait_until(lambda: are_asleep(some))


def test_little_work_wakes_nobody(monkeypatch):
    monkeypatch.setattr(pool, "SPIN", 0.0)
    some = of(2)
    assert met(2)
    wait_until(lambda: are_asleep(some))
    assert pieces_of(100, at.ASLEEP - 1) == [(0, 100)]
    assert len(pieces_of(100, at.ASLEEP)) > 1


def test_workers_that_spin_take_less_work(monkeypatch):
    monkeypatch.setattr(pool, "SPIN", sharing.AN_HOUR)
    of(2)
    assert met(2)
    assert met(2, at.AWAKE)
    assert pieces_of(100, at.AWAKE - 1) == [(0, 100)]


@pytest.mark.parametrize(("count", "together", "least"), [(100, 7, 7), (1000, 64, 64), (9, 5, 2)])
def test_pieces_shrink_and_keep_together_what_belongs_together(count, together, least):
    of(2)
    pieces = pieces_of(count, LARGE, together)
    assert [begin for begin, _ in pieces] == [0, *(end for _, end in pieces[:-1])]
    assert pieces[-1][1] == count
    assert all(begin % least == 0 for begin, _ in pieces)
    lengths = [end - begin for begin, end in pieces]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == max(1, count // (4 * least)) * least


def test_a_worker_that_does_not_come_is_not_waited_for():
    sharing.pool_without_workers(3)
    counts = zeros(1000)
    for _ in range(10):
        launch(count_up, 1000, (counts,), LARGE)
    np.testing.assert_array_equal(counts, 10)


def test_a_caller_that_sleeps_is_woken(monkeypatch):
    monkeypatch.setattr(pool, "PATIENCE", 0.0)
    of(3)
    for _ in range(200):
        assert met(3)


def test_a_caller_that_is_woken_too_early_looks_again(monkeypatch):
    """By a worker that has left the job before, and says so late."""
    monkeypatch.setattr(pool, "PATIENCE", 0.0)
    some = of(2)
    begun, woken, done = zeros(1), zeros(1), zeros(2)
    waking = threading.Thread(target=wake_the_caller, args=(some.words, woken))
    its = Launch(caller_first, 2, (0, begun, woken, done), LARGE)
    its.rows[:, 0] = [0, 1]
    waking.start()
    its.run()
    np.testing.assert_array_equal(done, 1)
    waking.join(SECONDS)


def test_two_threads_may_launch_at_once():
    of(3)
    counts = [zeros(500), zeros(500)]

    def ask(mine):
        for _ in range(300):
            launch(count_up, 500, (mine,), LARGE)

    asking = [threading.Thread(target=ask, args=(mine,)) for mine in counts]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(SECONDS)
    np.testing.assert_array_equal(counts, 300)


@pytest.mark.parametrize("bad", [0, 50, 99])
def test_a_kernel_that_raises_is_reported_and_the_pool_goes_on(bad):
    of(3)
    for _ in range(3):
        done = zeros(100)
        with pytest.raises(MemoryError, match="compiled kernel"):
            launch(fail_at, 100, (bad, done), LARGE)
        assert done.max() == 1  # the rest of a piece is left out
        assert met(3)


# --- lists ----------------------------------------------------------------------------------------


def steps_of(launches):
    """Steps for `run_steps`; None stands for what is not compiled."""
    return np.array([its.numbers if its else (0,) * 6 for its in launches], np.int64)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_list_stops_at_what_is_not_compiled(threads):
    some, counts = of(threads), zeros(1000)
    its = Launch(count_up, 1000, (counts,), LARGE)
    steps = steps_of([its, its, None, its, None])
    assert some.run_steps(steps, 0, 3 * LARGE) == 2
    np.testing.assert_array_equal(counts, 2)
    assert some.run_steps(steps, 3, 3 * LARGE) == 4
    np.testing.assert_array_equal(counts, 3)
    assert some.run_steps(steps, 5, 3 * LARGE) == 5
    np.testing.assert_array_equal(counts, 3)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_list_stops_where_a_kernel_raises(threads):
    some, counts, done = of(threads), zeros(100), zeros(100)
    its = Launch(count_up, 100, (counts,), LARGE)
    bad = Launch(fail_at, 100, (7, done), LARGE)
    assert some.run_steps(steps_of([its, bad, its]), 0, 3 * LARGE) == -1 - 1
    np.testing.assert_array_equal(counts, 1)


def test_workers_take_part_in_a_list(monkeypatch):
    monkeypatch.setattr(pool, "SPIN", 0.0)
    some = of(2)
    met(2)
    for _ in range(5):
        wait_until(lambda: are_asleep(some))
        all_met = zeros(2)
        its = Launch(meet, 2, (zeros(1), all_met), LARGE)
        assert some.run_steps(steps_of([its]), 0, LARGE) == 1
        assert all_met.all()


def test_without_kernels_nothing_of_a_list_is_compiled(monkeypatch):
    monkeypatch.setattr(pool, "compiled", lambda name: None)
    some = Pool(3)
    assert some.run_steps(steps_of([None, None]), 1, 0) == 1


# --- busy processors ------------------------------------------------------------------------------


def penalties(some, times):
    """What a pool does alone after each of some jobs in which somebody was late."""
    found = []
    for _ in range(times):
        some.words[at.ALONE] = 0
        launch(count_up, 10, (zeros(10),), LARGE)
        found.append(int(some.words[at.PENALTY]))
        assert some.words[at.ALONE] == found[-1]
    return found


def work_in_time(some, products):
    """Let a pool share so many multiplications, in two jobs, without delay."""
    late = some.words[at.LATE]
    some.words[at.LATE], some.words[at.ALONE] = 2**60, 0
    for part in (products // 2, products - products // 2):
        launch(count_up, 10, (zeros(10),), part)
    some.words[at.LATE] = late


def test_penalties_grow_until_workers_are_trusted_again(monkeypatch):
    monkeypatch.setattr(pool, "LATE", -sharing.AN_HOUR)  # nobody can be in time
    some = sharing.pool_without_workers(2)
    expected = [2**30, 2**31, 2**32, 2**33, 2**34, 2**35, 2**36, 2**36]
    assert penalties(some, 8) == expected
    work_in_time(some, some._kernels.TRUSTED * 2**36 - 1)
    assert penalties(some, 1) == [2**36]
    work_in_time(some, some._kernels.TRUSTED * 2**36)
    assert penalties(some, 1) == [2**30]


def test_a_pool_that_was_kept_waiting_works_alone_and_comes_back(monkeypatch):
    some = of(2)
    assert len(pieces_of(100, LARGE)) > 1
    some._kernels.go_alone(some.words)
    left = 2**30
    while left > 0:
        assert some.words[at.ALONE] == left
        assert pieces_of(100, 2**26) == [(0, 100)]
        left -= 2**26
    assert len(pieces_of(100, 2**26)) > 1


def looking(some, monkeypatch, preemptions, seconds):
    """Let a pool look around after some seconds, and as many preemptions."""
    monkeypatch.setattr(pool, "LOOK", 0.02)
    monkeypatch.setattr(pool, "_preemptions", lambda: some._preemptions + preemptions)
    now = some._looked_at + seconds
    monkeypatch.setattr(pool, "time", SimpleNamespace(perf_counter=lambda: now))
    some._look_around()
    return some.words[at.ALONE] > 0


@pytest.mark.parametrize("threads", [2, 8])
def test_who_loses_processors_to_others_works_alone(threads, monkeypatch):
    few, many = 50 * threads * 0.02, 50 * threads * 0.03 + 1
    assert not looking(of(threads), monkeypatch, 1000 * threads, 0.019)  # it is too early to ask
    assert not looking(of(threads), monkeypatch, few, 0.02)
    assert looking(of(threads), monkeypatch, many, 0.03)
    assert not looking(of(threads), monkeypatch, 1000 * threads, 1)  # who knows when that was


def test_a_round_is_measured_in_the_best_case(monkeypatch):
    passing = iter([1.0, 0.001, 1.0, 0.002, 1.0])
    now = [0.0]
    monkeypatch.setattr(pool, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    calls = []

    def rest(words, rounds):
        calls.append(rounds)
        if len(calls) > 1:
            now[0] += next(passing)

    found = pool._rounds_in_a_second(SimpleNamespace(rest=rest), 2000)
    assert found == pytest.approx(2_000_000)


# --- sleep ----------------------------------------------------------------------------------------


def test_workers_sleep_while_somebody_wants_their_processors(monkeypatch):
    """However long they would spin, and though it changes while they do."""
    monkeypatch.setattr(pool, "SPIN", sharing.AN_HOUR)
    some = of(3)
    for _ in range(10):
        assert met(3)
        with some.letting_workers_sleep():
            wait_until(lambda: are_asleep(some))
            assert met(3)


def test_the_last_one_who_wants_them_asleep_lets_them_spin_again():
    some = of(2)
    some._start()
    spin = some.words[at.SPIN]
    first, second = some.letting_workers_sleep(), some.letting_workers_sleep()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert some.words[at.SPIN] == 0
    second.__exit__(None, None, None)
    assert some.words[at.SPIN] == spin > 0


# --- beginning and end ----------------------------------------------------------------------------


def test_no_thread_is_started_for_little_work():
    some = of(3)
    launch(count_up, 10, (zeros(10),), at.AWAKE - 1)
    assert not some._has_started
    launch(count_up, 10, (zeros(10),), at.AWAKE)
    assert some._has_started


def test_where_there_are_no_more_threads_fewer_work(monkeypatch):
    start, started = threading.Thread.start, []

    def start_two(thread):
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    some = of(6)
    monkeypatch.setattr(threading.Thread, "start", start_two)
    assert met(3)
    assert some.words[at.WORKERS] == 2
    assert pieces_of(600, LARGE)[0] == (0, 100)


@pytest.mark.parametrize("are_spinning", [True, False])
def test_workers_end_with_their_pool_and_locks_with_the_words(are_spinning, monkeypatch):
    monkeypatch.setattr(pool, "SPIN", sharing.AN_HOUR if are_spinning else 0.0)
    freed = []
    monkeypatch.setattr(workers.locks(), "_free", freed.append)
    some = of(4)
    assert met(4)
    (its,) = [one for one in workers._running if one._words is some.words]
    threads, words = its.threads, weakref.ref(some.words)
    places = [at.CALLER_LOCK, *(at.FIRST_WORKER + n * at.LINE + at.LOCK for n in range(3))]
    made = set(some.words[places].tolist())
    parallel.set_num_threads(None)
    del some, its
    gc.collect()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()
    wait_until(lambda: gc.collect() is not None and words() is None)
    assert len(made) == 4
    assert made <= set(freed)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_workers_of_its_own():
    some = of(3)
    assert met(3)
    child = os.fork()
    if child == 0:
        try:
            is_well = parallel.the_pool() is not some and met(3)
            del some
            gc.collect()
        finally:
            os._exit(0 if is_well else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert met(3)


PROCESS = """
import atexit, os, sys, threading, time
import numpy as np
if sys.argv[1] == "handler before":
    atexit.register(lambda: work())
from blobnet.ops import parallel, pool
from blobnet.ops import pool_words as at
from tests import sharing
from tests.ops.pool_kernels import count_up, zeros
from blobnet.ops.launch import launch

def work():
    counts = zeros(1000)
    launch(count_up, 1000, (counts,), at.ASLEEP)
    assert (counts == 1).all()
    assert parallel.for_each(abs, range(10)) == list(range(10))

def go_on():
    while True:
        work()

pool.LATE = pool.LOOK = 3600
parallel.set_num_threads(3)
if "handler" not in sys.argv[1]:
    work()
match sys.argv[1]:
    case "handler after":
        atexit.register(work)
    case "asleep":
        some = parallel.the_pool()
        with some.letting_workers_sleep():
            while not all(some.words[at.FIRST_WORKER + n * at.LINE + at.SLEEPS] for n in (0, 1)):
                time.sleep(0.001)
            os.write(1, b"asleep")
            sys.exit()
    case "spinning":
        parallel.the_pool().words[at.SPIN] = 2**60
    case "a thread goes on":
        threading.Thread(target=go_on, daemon=True).start()
    case "forked":
        child = os.fork()
        work()
        if child:
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
ENDS = ["asleep", "spinning", "handler before", "handler after", "a thread goes on"]
ENDS += ["forked"] if hasattr(os, "fork") else []


def run(code, *args, **environment):
    root = str(Path(blobnet.__file__).parents[1])
    return subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore::DeprecationWarning",
            "-X",
            "faulthandler",
            "-c",
            code,
            *args,
        ],
        env={**os.environ, "PYTHONPATH": root, **environment},
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("how", ENDS)
def test_a_process_ends_well(how):
    done = run(PROCESS, how)
    assert (done.returncode, done.stderr) == (0, "")


def test_nobody_spins_where_the_environment_says_so():
    code = """
from blobnet.ops import parallel, pool_words as at
parallel.set_num_threads(2)
parallel.the_pool()._start()
print(parallel.the_pool().words[at.SPIN] > 0)
"""
    for value, expected in (("0", "False"), ("1", "True")):
        assert run(code, BLOBNET_SPIN=value).stdout.strip() == expected
