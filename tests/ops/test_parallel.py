import os
import threading

import pytest

from blobnet.ops import parallel


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


def test_helpers_that_fell_asleep_wake_up(monkeypatch):
    monkeypatch.setattr(parallel, "ROUNDS", 0)  # they sleep at once
    parallel.set_num_threads(3)
    meeting = threading.Barrier(3, timeout=30)
    try:
        for _ in range(50):
            parallel.for_each(lambda item: meeting.wait(), range(3))
    finally:
        parallel.set_num_threads(None)


def test_a_helper_that_cannot_look_out_is_woken_again(monkeypatch):
    def fail(signal, following):
        signal.set()
        raise OSError("no kernel")

    monkeypatch.setattr(parallel._Signal, "set_and_look_out", fail)
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
