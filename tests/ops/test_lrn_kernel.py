"""The compiled normalization against the numpy version: the same bits, whatever the threads."""

import numpy as np
import pytest

from blobnet.ops import dispatch, lrn, parallel
from blobnet.ops.jit import compiled
from blobnet.ops.lrn import Lrn
from blobnet.ops.overflow import overflow_allowed

pytestmark = pytest.mark.skipif(compiled("lrn_kernel") is None, reason="numba is not at hand")

SHAPES = [(3, 7, 5, 6), (2, 1, 3, 40), (2, 9, 1, 1), (1, 2, 33, 17), (2, 12, 13, 13)]
NUMBERS = [
    Lrn(5, 0.8, 0.75, 2.0, within_channel=False),
    Lrn(1, 0.8, 0.75, 1.0, within_channel=False),
    Lrn(9, 2.5, 0.75, 0.5, within_channel=False),
    Lrn(3, 0.8, 0.75, 1.0, within_channel=True),
    Lrn(7, 2.5, 0.75, 1.0, within_channel=True),
]


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


@pytest.fixture(params=[2**16, 64], ids=["whole planes", "strips"])
def strips(request, monkeypatch):
    monkeypatch.setattr(lrn, "STRIPS", request.param)


@overflow_allowed()
def results(x, dy, numbers):
    """(scale, y, dx)"""
    scale, y, dx = (np.full_like(x, np.nan) for _ in range(3))
    lrn.forward(x, numbers, scale, y)
    lrn.backward(x, dy, numbers, scale, dx)
    return scale, y, dx


def of_numpy(x, dy, numbers):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatch, "compiled", lambda *name: None)
        return results(x, dy, numbers)


@pytest.mark.usefixtures("strips")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("numbers", NUMBERS, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_bits_are_those_of_numpy(shape, numbers, dtype, rng):
    x, dy = rng.normal(size=(2, *shape)).astype(dtype)
    for array, expected in zip(results(x, dy, numbers), of_numpy(x, dy, numbers), strict=True):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 3e38, -0.0])
@pytest.mark.parametrize("numbers", NUMBERS, ids=str)
def test_odd_numbers_go_the_same_way(numbers, odd, rng):
    x, dy = rng.normal(size=(2, 2, 6, 9, 10)).astype(np.float32)
    x[0, 1, 2, 3], dy[1, 4, 2, 2] = odd, odd
    for array, expected in zip(results(x, dy, numbers), of_numpy(x, dy, numbers), strict=True):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.usefixtures("strips")
@pytest.mark.parametrize("numbers", NUMBERS, ids=str)
def test_the_number_of_threads_does_not_matter(numbers, rng, shared_work):
    x, dy = rng.normal(size=(2, 4, 6, 11, 12)).astype(np.float32)
    parallel.set_num_threads(1)
    alone = results(x, dy, numbers)
    for threads in (2, 3):
        parallel.set_num_threads(threads)
        for array, expected in zip(results(x, dy, numbers), alone, strict=True):
            np.testing.assert_array_equal(array, expected)
    assert set(shared_work) == {2, 3}


@pytest.mark.usefixtures("strips")
@pytest.mark.parametrize("numbers", NUMBERS, ids=str)
def test_results_may_take_the_place_of_what_they_come_from(numbers, rng):
    x, dy = rng.normal(size=(2, 2, 6, 5, 7)).astype(np.float32)
    scale, y, dx = results(x, dy, numbers)
    lrn.backward(x, dy, numbers, scale, dy)
    lrn.forward(x, numbers, scale, x)
    np.testing.assert_array_equal(dy, dx)
    np.testing.assert_array_equal(x, y)
