import copy
import functools
import gc
import os
import pickle
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.prefetch import Prefetcher, _Queue

SECONDS = 30  # for what takes no time: only a failing test waits


class Counter:
    """A reader whose batches are 0, 1, 2... It can fail, and tells how far it has come."""

    def __init__(self, fail_at=None, reached=None):
        self.next, self.fail_at, self.closed = 0, fail_at, False
        self.reached = reached if reached is not None else []

    def shapes(self):
        return [()]

    @property
    def draws(self):
        return None

    def skip_batch(self):
        self.next += 1

    def read(self):
        if self.next == self.fail_at:
            raise DataError(f"no batch {self.next}")
        self.next += 1
        self.reached.append(self.next)
        return [np.array(self.next - 1)]

    def get_state(self):
        return {"next": self.next}

    def set_state(self, state):
        if state["next"] < 0:
            raise DataError("no such place")
        self.next = state["next"]

    def close(self):
        self.closed = True


def prefetcher(depth, **options):
    return Prefetcher(functools.partial(Counter, **options), depth, {"next": 0})


def take(source, count):
    return [int(source.next()[0]) for _ in range(count)]


def threads():
    return {thread for thread in threading.enumerate() if thread.name == "blobnet-prefetch"}


@pytest.fixture(autouse=True)
def _no_thread_outlives_its_test():
    gc.collect()
    before = threads()
    yield
    gc.collect()
    for thread in threads() - before:
        thread.join(SECONDS)
        assert not thread.is_alive()


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_batches_come_in_order(depth):
    assert take(prefetcher(depth), 20) == list(range(20))


def test_no_thread_before_the_first_batch_and_none_without_depth():
    before = threads()
    source, on_demand = prefetcher(3), prefetcher(0)
    take(on_demand, 2)
    assert threads() == before
    take(source, 1)
    assert len(threads() - before) == 1


def test_the_thread_reads_no_further_than_it_should():
    handed_out = 0

    class Watched(list):
        def append(self, count):
            assert count <= handed_out + 1 + 3  # the one being taken, and three ahead
            super().append(count)

    reached = Watched()
    source = prefetcher(3, reached=reached)
    for handed_out in range(50):  # noqa: B007
        source.next()
    assert len(reached) >= 50


def test_the_thread_reads_on_when_the_batch_has_been_used():
    read = threading.Semaphore(0)

    class Signalling(list):
        def append(self, count):
            super().append(count)
            read.release()

    source = prefetcher(1, reached=Signalling())
    source.next()
    for _ in range(20):
        assert read.acquire(timeout=SECONDS)  # one by one, and none without a `read_on`
        source.next()
        source.read_on()
    assert read.acquire(timeout=SECONDS)


@pytest.mark.parametrize("depth", [0, 1, 4])
@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_state_is_that_of_the_batches_handed_out(depth, count):
    source = prefetcher(depth)
    take(source, count)
    assert source.get_state() == {"next": count}


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_going_back_drops_what_was_read_ahead(depth):
    source = prefetcher(depth)
    take(source, 5)
    source.set_state({"next": 2})
    assert source.get_state() == {"next": 2}
    assert take(source, 4) == [2, 3, 4, 5]


def test_a_state_that_is_refused_changes_nothing():
    source = prefetcher(2)
    take(source, 3)
    with pytest.raises(DataError, match="no such place"):
        source.set_state({"next": -1})
    assert take(source, 2) == [3, 4]


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_an_error_waits_its_turn_and_comes_again(depth):
    source = prefetcher(depth, fail_at=3)
    assert take(source, 3) == [0, 1, 2]
    for _ in range(2):
        with pytest.raises(DataError, match="no batch 3"):
            source.next()
    assert source.get_state() == {"next": 3}
    source.set_state({"next": 10})
    assert take(source, 2) == [10, 11]


@pytest.mark.parametrize("depth", [0, 2])
def test_closing_ends_the_thread_and_loses_nothing(depth):
    source = prefetcher(depth)
    before = threads()
    take(source, 3)
    source.close()
    source.close()
    assert threads() <= before
    assert take(source, 2) == [3, 4]


def test_the_reader_is_closed_with_the_thread():
    readers = []

    def make():
        readers.append(Counter())
        return readers[-1]

    source = Prefetcher(make, 2, {"next": 0})
    take(source, 3)
    source.set_state({"next": 0})
    source.close()
    assert [reader.closed for reader in readers] == [True, True]


def test_an_owner_that_is_forgotten_takes_the_thread_along():
    class Owner:
        pass

    owner = Owner()
    owner.source = prefetcher(2)
    owner.itself = owner  # only a garbage collection finds out
    gone = weakref.ref(owner.source)
    before = threads()
    take(owner.source, 1)
    (thread,) = threads() - before
    del owner
    gc.collect()
    assert gone() is None
    thread.join(SECONDS)
    assert not thread.is_alive()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_goes_on_by_itself(duplicate):
    source = prefetcher(2)
    take(source, 3)
    other = duplicate(source)
    assert take(other, 3) == take(source, 3) == [3, 4, 5]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_goes_on_by_itself():
    source = prefetcher(2)
    take(source, 3)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if take(source, 5) == [3, 4, 5, 6, 7] else 2
            source.close()
        finally:
            os._exit(status)
    assert take(source, 2) == [3, 4]
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("end", ["", "sys.exit(0)", "raise KeyboardInterrupt", "os._exit(0)"])
def test_the_program_can_end_at_any_time(end):
    code = f"""if True:
        import functools, os, sys
        import numpy as np
        sys.path.insert(0, {os.getcwd()!r})
        from blobnet.sources.prefetch import Prefetcher
        from tests.sources.test_prefetch import Counter
        sources = [Prefetcher(Counter, 2, {{"next": 0}}) for _ in range(5)]
        for source in sources:
            source.next()
        {end}
    """
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=SECONDS
    )
    assert "Fatal" not in result.stderr
    assert (result.returncode != 0) == ("Interrupt" in end)


# --- memory ---------------------------------------------------------------------------------------


def fill(queue, nbytes):
    """Put batches of that size into a queue until it is full; how many there are then."""
    for count in range(100):
        if not queue._has_room():
            return count
        queue.put(([np.empty(nbytes, np.uint8)], {}))
    return None


@pytest.mark.parametrize(
    ("depth", "nbytes", "held"),
    [(2**32 - 1, 0, 10), (2**32 - 1, 4096, 5), (2**32 - 1, 10**6, 4), (7, 0, 7), (1, 10**6, 1)],
)
def test_what_is_read_ahead_is_held_by_the_rule_for_memory(depth, nbytes, held, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", str(11 * 4096 - 1))
    queue = _Queue(depth)
    assert fill(queue, nbytes) == held
    queue.get()
    assert fill(queue, nbytes) == 1
    queue.close()
    assert fill(queue, nbytes) == held


def test_it_is_said_once_that_less_is_read_ahead(monkeypatch, caplog):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", str(6 * 4096))
    read = threading.Semaphore(0)

    class Signalling(list):
        def append(self, count):
            super().append(count)
            read.release()

    source = prefetcher(2**32 - 1, reached=Signalling())
    for count in range(3):
        assert take(source, 1) == [count]
        source.read_on()
        for _ in range(1 if count else 6):  # the one that was taken, and five ahead
            assert read.acquire(timeout=SECONDS)
    source.close()
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "prefetch: 5 batches are read ahead, not 4294967295: more would take over 24 KiB of memory "
        "(BLOBNET_MAX_BYTES)"
    ]
