"""in_order: all results, in order, not too far ahead."""

from __future__ import annotations

import itertools
import threading

import pytest

from blobnet.datasets.in_order import in_order
from blobnet.ops.parallel import threads_set_to


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("size", [1, 2**18, 2**30])
def test_results_come_in_the_order_of_the_items(threads, size):
    with threads_set_to(threads):
        found = list(in_order(lambda item: item * item, range(500), lambda result: size))
    assert found == [item * item for item in range(500)]


def test_nothing_gives_nothing():
    assert list(in_order(str, [], len)) == []


def test_the_work_is_done_in_other_threads():
    results = in_order(lambda _: threading.current_thread(), range(50), lambda _: 1)
    assert threading.main_thread() not in set(results)


def test_large_results_do_not_pile_up():
    taken = itertools.count()
    with threads_set_to(2):
        results = in_order(lambda item: item, (next(taken) for _ in range(10**6)), lambda _: 2**20)
        for _ in range(20):
            next(results)
        results.close()
    assert next(taken) <= 20 + 2 * 2 + 2


def test_an_error_comes_when_it_is_its_turn():
    def work(item):
        if item == 30:
            raise KeyError(item)
        return item

    results = in_order(work, range(100), lambda _: 2**20)
    assert [next(results) for _ in range(30)] == list(range(30))
    with pytest.raises(KeyError, match="30"):
        next(results)
