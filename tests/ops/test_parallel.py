import os
import threading

import pytest

import blobnet
from blobnet.ops import parallel, pool, pool_words
from blobnet.ops.pool import Pool

SECONDS = 30


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


def test_several_threads_take_part():
    parallel.set_num_threads(3)
    meeting = threading.Barrier(3, timeout=SECONDS)  # passes only if three are at work at once
    try:
        for _ in range(50):
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


@pytest.mark.parametrize(("batch", "are_woken"), [(1, False), (64, True)])
def test_one_image_of_lenet_wakes_nobody(batch, are_woken, monkeypatch):
    largest, submitted = [0], []
    run, submit = Pool.run, parallel._submit

    def watched(self, *numbers):
        largest.append(numbers[-1])
        return run(self, *numbers)

    monkeypatch.setattr(Pool, "run", watched)
    monkeypatch.setattr(parallel, "_submit", lambda *task: submitted.append(task) or submit(*task))
    net = blobnet.Net(blobnet.parse_net(LENET.replace("BATCH", str(batch))), phase="TEST")
    with parallel.threads_set_to(2):
        net.forward()
    assert (max(largest) >= pool_words.ASLEEP or bool(submitted)) == are_woken


# --- other threads, and the pool's workers --------------------------------------------------------


@pytest.fixture
def busy():
    """Two threads may work; the one beside the calling one has something else to do."""
    parallel.set_num_threads(2)
    go_on, begun = threading.Event(), threading.Event()
    parallel._executor().submit(lambda: begun.set() or go_on.wait(SECONDS))
    assert begun.wait(SECONDS)
    yield go_on
    go_on.set()
    parallel.set_num_threads(None)


def test_a_thread_that_has_not_begun_is_not_waited_for(busy):
    here = threading.get_ident()
    for _ in range(3):
        seen = parallel.for_each(lambda item: threading.get_ident(), range(4))
        assert seen == [here] * 4
    busy.set()
    meeting = threading.Barrier(2, timeout=SECONDS)
    parallel.for_each(lambda item: meeting.wait(), range(2))  # and it is there again


@pytest.mark.parametrize("others", [0, 1])
def test_where_there_are_no_more_threads_fewer_work(others, monkeypatch):
    parallel.set_num_threads(4)
    executor = parallel._executor()
    submit, submitted = executor.submit, []

    def submit_some(*task):
        if len(submitted) == others:
            submit(*task)  # another thread may do it
            raise RuntimeError("can't start new thread")
        submitted.append(task)
        return submit(*task)

    monkeypatch.setattr(executor, "submit", submit_some)
    for _ in range(50):
        submitted.clear()
        assert parallel.for_each(lambda item: -item, range(9)) == [-item for item in range(9)]
    parallel.set_num_threads(None)


def test_it_asks_for_no_pool(threads):
    parallel.for_each(lambda item: item, range(9))
    parallel.for_ranges(lambda begin, end: None, 9)
    assert parallel._pool is None


def test_workers_do_not_spin_meanwhile(monkeypatch):
    monkeypatch.setattr(pool, "SPIN", 1.0)
    parallel.set_num_threads(2)
    its = parallel.the_pool()
    before = its.words[pool_words.SPIN]
    spinning = parallel.for_each(lambda item: int(its.words[pool_words.SPIN]), range(3))
    assert spinning == [0, 0, 0]
    assert its.words[pool_words.SPIN] == before
    parallel.set_num_threads(None)
