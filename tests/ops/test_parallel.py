import math
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import blobnet
from blobnet.ops import parallel, pool


@pytest.fixture(params=[1, 2, 5])
def threads(request):
    parallel.set_num_threads(request.param)
    yield request.param
    parallel.set_num_threads(None)


def test_every_item_is_worked_on_once(threads):
    done = []
    assert parallel.for_each(lambda item: done.append(item) or -item, range(100)) == [
        -item for item in range(100)
    ]
    assert sorted(done) == list(range(100))


@pytest.fixture
def patient(monkeypatch):
    """Pools that do not mind how busy the machine is."""
    monkeypatch.setattr(pool, "LATE", math.inf)


def test_several_threads_take_part(patient):
    parallel.set_num_threads(3)
    meeting = threading.Barrier(3, timeout=30)  # passes only if three are at work at once
    try:
        parallel.for_each(lambda item: meeting.wait(), range(3))
    finally:
        parallel.set_num_threads(None)


def test_two_threads_may_ask_for_work_at_once(threads):
    done, errors = [[], []], []

    def ask(number):
        try:
            for _ in range(200):
                parallel.for_each(done[number].append, range(5))
        except Exception as error:
            errors.append(error)

    asking = [threading.Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(timeout=60)
    assert not errors
    assert [sorted(items) for items in done] == [sorted([*range(5)] * 200)] * 2


def test_workers_that_fell_asleep_wake_up(patient, monkeypatch):
    monkeypatch.setattr(pool, "SPIN_ROUNDS", 0)  # they sleep at once
    parallel.set_num_threads(3)
    meeting = threading.Barrier(3, timeout=30)
    try:
        for _ in range(50):
            parallel.for_each(lambda item: meeting.wait(), range(3))
    finally:
        parallel.set_num_threads(None)


def test_a_worker_that_cannot_spin_is_woken_again(monkeypatch):
    def fail(signal, following):
        signal.set()
        raise OSError("no kernel")

    monkeypatch.setattr(pool._Signal, "set_and_spin", fail)
    parallel.set_num_threads(2)
    try:
        for _ in range(20):
            done = []
            parallel.for_each(done.append, range(4))
            assert sorted(done) == [0, 1, 2, 3]
    finally:
        parallel.set_num_threads(None)


def test_an_error_comes_out(threads):
    def work(item):
        if item == 7:
            raise ValueError("seven")

    with pytest.raises(ValueError, match="seven"):
        parallel.for_each(work, range(10))
    done = []
    parallel.for_each(done.append, range(3))  # the pool still works
    assert sorted(done) == [0, 1, 2]


def test_work_inside_of_work_stays_in_its_thread(threads):
    seen = []

    def outer(item):
        here = threading.get_ident()
        parallel.for_each(lambda inner: seen.append(threading.get_ident() == here), range(4))

    parallel.for_each(outer, range(4))
    assert seen == [True] * 16


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_makes_a_pool_of_its_own(threads):
    parallel.for_each(lambda item: None, range(4))
    child = os.fork()
    if child == 0:
        done = []
        parallel.for_each(done.append, range(10))
        os._exit(0 if sorted(done) == list(range(10)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_number_of_threads_follows_the_processors():
    assert 1 <= parallel.num_threads() <= (os.cpu_count() or 1)


# --- work that is too small to be shared ----------------------------------------------------------


@pytest.mark.parametrize("few", [0, 1, parallel.MANY_PRODUCTS - 1])
def test_little_work_stays_in_its_thread(few, threads):
    seen, ranges = set(), []
    parallel.for_each(lambda item: seen.add(threading.get_ident()), range(50), few)
    parallel.for_ranges(lambda begin, end: ranges.append((begin, end)), 50, few)
    assert seen == {threading.get_ident()}
    assert ranges == [(0, 50)]


LENET = """
    layer { name: "x" type: "Input" top: "x"
            input_param { shape { dim: BATCH dim: 1 dim: 28 dim: 28 } } }
    layer { name: "c1" type: "Convolution" bottom: "x" top: "c1"
            convolution_param { num_output: 20 kernel_size: 5 } }
    layer { name: "p1" type: "Pooling" bottom: "c1" top: "p1"
            pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
    layer { name: "c2" type: "Convolution" bottom: "p1" top: "c2"
            convolution_param { num_output: 50 kernel_size: 5 } }
    layer { name: "p2" type: "Pooling" bottom: "c2" top: "p2"
            pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
    layer { name: "i1" type: "InnerProduct" bottom: "p2" top: "i1"
            inner_product_param { num_output: 500 } }
    layer { name: "r1" type: "ReLU" bottom: "i1" top: "i1" }
    layer { name: "i2" type: "InnerProduct" bottom: "i1" top: "i2"
            inner_product_param { num_output: 10 } }
"""


@pytest.mark.parametrize(("batch", "is_shared"), [(1, False), (64, True)])
def test_one_image_of_lenet_is_left_to_one_thread(batch, is_shared, monkeypatch):
    shared = []
    run_beside = pool.Pool.run_beside

    def watched(self, work):
        shared.append(work)
        run_beside(self, work)

    monkeypatch.setattr(pool.Pool, "run_beside", watched)
    net = blobnet.Net(blobnet.parse_net(LENET.replace("BATCH", str(batch))), phase="TEST")
    with parallel.threads_set_to(2):
        net.forward()
    assert bool(shared) == is_shared


# --- busy processors ------------------------------------------------------------------------------


def test_a_worker_that_has_not_begun_is_not_waited_for(patient):
    some = pool.Pool(2)
    go_on, done = threading.Event(), []
    some._workers[0]._executor.submit(go_on.wait, 60)  # its thread does something else
    for _ in range(3):
        some.run_beside(lambda: done.append(threading.get_ident()))
    assert done == [threading.get_ident()] * 3
    go_on.set()
    meeting = threading.Barrier(2, timeout=30)
    some.run_beside(meeting.wait)  # and it is there again


def test_a_pool_that_lost_a_processor_works_alone_for_some_time(monkeypatch):
    monkeypatch.setattr(pool, "LATE", -1)  # whatever time is lost is too much
    monkeypatch.setattr(pool, "FIRST_PAUSE", 3600)
    counts = iter(range(100))
    monkeypatch.setattr(pool, "_preemptions", lambda: next(counts))
    some, seen = pool.Pool(3), set()
    some.run_beside(lambda: None)
    for _ in range(20):
        some.run_beside(lambda: seen.add(threading.get_ident()))
    assert seen == {threading.get_ident()}


def test_waiting_for_the_interpreter_is_no_sign_of_a_busy_machine(monkeypatch):
    monkeypatch.setattr(pool, "LATE", -1)
    monkeypatch.setattr(pool, "FIRST_PAUSE", 3600)
    monkeypatch.setattr(pool, "_preemptions", lambda: 7)
    some, meeting = pool.Pool(3), threading.Barrier(3, timeout=30)
    for _ in range(5):
        some.run_beside(meeting.wait)  # passes only if three are at work at once


def test_pauses_grow_until_workers_are_trusted_again():
    some, pauses = pool.Pool(2), []
    for _ in range(9):
        some._judge(True)
        pauses.append(some._pause)
    assert pauses == [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1, 1]
    for _ in range(pool.TRUSTED):
        some._judge(False)
    some._judge(True)
    assert some._pause == 0.01


def test_nobody_spins_where_the_environment_says_so():
    code = """
import threading
from blobnet.ops import parallel, pool
pool.LATE = float("inf")
parallel.set_num_threads(3)
meeting = threading.Barrier(3, timeout=30)
for _ in range(5):
    parallel.for_each(lambda item: meeting.wait(), range(3))
print(pool.SPIN_ROUNDS)
"""
    for value, expected in (("0", "0"), ("1", "16000")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "BLOBNET_SPIN": value,
                "PYTHONPATH": str(Path(blobnet.__file__).parents[1]),
            },
            capture_output=True,
            text=True,
        )
        assert done.stdout.strip() == expected, done.stderr[-1000:]
