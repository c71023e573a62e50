import numpy as np
import pytest

from blobnet.ops import parallel, values
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.values import are_flat, for_values, in_blocks


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("width", [1, 3, 64, 100])
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 1000])
def test_every_item_is_worked_on_once(count, width, threads, monkeypatch):
    monkeypatch.setattr(values, "MANY", 64)
    parallel.set_num_threads(threads)
    done = np.zeros(count, int)

    def work(begin, end):
        assert begin < end
        done[begin:end] += 1

    for_values(work, count, width)
    np.testing.assert_array_equal(done, 1)


def test_little_work_stays_in_the_calling_thread():
    calls = []
    for_values(lambda begin, end: calls.append((begin, end)), values.MANY - 1)
    assert calls == [(0, values.MANY - 1)]


@pytest.mark.parametrize("size", [0, 1, values.BLOCK, values.BLOCK + 1, 2 * values.MANY + 3])
def test_blocks_together_are_the_whole(size, rng):
    x, y = rng.normal(size=(2, size, 1))
    out = np.full((size, 1), np.nan)
    sizes = []

    def work(x, y, out):
        sizes.append(x.size)
        np.add(x, y, out=out)

    in_blocks(work, x, y, out)
    np.testing.assert_array_equal(out, x + y)
    assert sum(sizes) == size
    assert max(sizes) <= values.BLOCK


def test_where_overflow_is_allowed_blocks_make_no_warnings_in_any_thread():
    parallel.set_num_threads(2)
    for size in (2, values.MANY):
        x = np.full(size, 1e308)
        with overflow_allowed():
            in_blocks(lambda x, out: np.multiply(x, 10, out=out), x, x)
        assert np.isinf(x).all()


def test_arrays_with_gaps_are_one_block(rng):
    x = rng.normal(size=(values.BLOCK, 4))[:, ::2]
    shapes = []
    in_blocks(lambda x, out: shapes.append(x.shape), x, x)
    assert shapes == [x.shape]


def test_what_is_flat():
    x = np.zeros((3, 4))
    assert are_flat(x, x[1:], x.reshape(-1), np.zeros(2))
    assert not are_flat(x, x.T)
    assert not are_flat(x[:, 1:])
    assert not are_flat(x, x.astype("f4"))
