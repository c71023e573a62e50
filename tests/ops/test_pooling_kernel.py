"""The compiled pooling against the numpy version: the same bits, whatever the threads."""

import numpy as np
import pytest

from blobnet.ops import dispatch, parallel, pooling
from blobnet.ops.jit import compiled
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.pooling_argmax import argmax_dtype
from blobnet.ops.window import Window

pytestmark = pytest.mark.skipif(compiled("pooling_kernel") is None, reason="numba is not at hand")

# kernel, stride, pad, size, places: rows of less than a vector, of a few, and with a rest
CASES = [
    ((2, 2), (2, 2), (0, 0), (24, 24), (12, 12)),
    ((2, 2), (2, 2), (0, 0), (8, 8), (4, 4)),
    ((3, 3), (2, 2), (0, 0), (55, 55), (27, 27)),
    ((3, 3), (2, 2), (0, 0), (32, 33), (16, 16)),  # the last window sticks out
    ((3, 3), (2, 2), (1, 1), (13, 40), (7, 21)),
    ((3, 3), (1, 1), (1, 1), (7, 28), (7, 28)),
    ((5, 4), (1, 2), (2, 3), (9, 37), (9, 20)),
    ((1, 3), (3, 3), (0, 1), (7, 50), (3, 17)),
    ((7, 7), (7, 7), (0, 0), (13, 14), (2, 2)),
    ((2, 1), (5, 4), (1, 0), (12, 70), (3, 18)),  # some pixels are in no window
    ((17, 16), (1, 1), (0, 0), (18, 30), (2, 15)),  # more than 255 taps
    ((7, 7), (1, 1), (0, 0), (7, 7), (1, 1)),
    ((9, 8), (3, 3), (0, 0), (7, 7), (1, 1)),  # one window, larger than the image
]

WHOLE_IMAGES = CASES[-2:]


@pytest.fixture(autouse=True)
def all_threads_again():
    yield
    parallel.set_num_threads(None)


@overflow_allowed()
def results(x, window, places, dy):
    """Everything that is computed from x: name to array."""
    out = {name: np.full_like(dy, np.nan) for name in ("maximum", "average")}
    out |= {name: np.full_like(x, np.nan) for name in ("max gradient", "average gradient")}
    out["largest"] = np.full_like(dy, np.nan)
    pooling.max_forward(x, window, out["largest"], None)
    out["argmax"] = np.full(dy.shape, 77, argmax_dtype(window, x.shape[2:]))
    pooling.max_forward(x, window, out["maximum"], out["argmax"])
    pooling.max_backward(dy, out["argmax"], window, out["max gradient"])
    pooling.average_forward(x, window, out["average"])
    pooling.average_backward(dy, window, out["average gradient"])
    return out


def assert_same(some, others):
    for name, array in some.items():
        np.testing.assert_array_equal(array, others[name], err_msg=name)


def inputs(case, dtype, special):
    kernel, stride, pad, size, places = case
    rng = np.random.default_rng(len(size) + size[1])
    x = rng.normal(size=(3, 5, *size)).astype(dtype)
    if special:
        x = np.round(x)  # many are equal
        x[rng.random(x.shape) < 0.2] = -np.inf
        x[rng.random(x.shape) < 0.2] = np.nan
        x[0, 0, size[0] // 2] = np.inf
        x[0, 1] = -np.inf
        x[0, 2] = -0.0
    return (
        x,
        Window(kernel, stride, pad, (1, 1)),
        places,
        rng.normal(size=(3, 5, *places)).astype(dtype),
    )


@pytest.mark.parametrize("special", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_bits_are_those_of_numpy(case, dtype, special, monkeypatch):
    arrays = inputs(case, dtype, special)
    from_kernels = results(*arrays)
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "compiled", lambda *name: None)
        from_numpy = results(*arrays)
    if case in WHOLE_IMAGES:  # BLAS adds them up in an order of its own
        means = from_kernels.pop("average"), from_numpy.pop("average")
        np.testing.assert_allclose(*means, rtol=1e-14 if dtype == np.float64 else 2e-6, atol=1e-7)
    assert_same(from_kernels, from_numpy)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_number_of_threads_does_not_matter(case, shared_work):
    arrays = inputs(case, np.float32, special=False)
    parallel.set_num_threads(1)
    alone = results(*arrays)
    for threads in (2, 3):
        parallel.set_num_threads(threads)
        assert_same(results(*arrays), alone)
    assert set(shared_work) == {2, 3}


def test_arrays_that_are_not_contiguous(rng):
    x = rng.normal(size=(2, 3, 12, 12))
    window, places = Window((3, 3), (2, 2), (0, 0), (1, 1)), (6, 6)
    dy = rng.normal(size=(2, 3, *places))
    apart = np.zeros((2, 6, 12, 12))[:, ::2]
    apart[...] = x
    assert_same(results(apart, window, places, dy), results(x, window, places, dy))


def test_an_infinite_gradient_goes_to_the_argmax_alone():
    window = Window((2, 2), (2, 2), (0, 0), (1, 1))
    dx = np.full((1, 1, 2, 4), np.nan, np.float32)
    dy = np.array([np.inf, 1], np.float32).reshape(1, 1, 1, 2)
    pooling.max_backward(dy, np.array([[[[2, 3]]]], np.uint8), window, dx)
    np.testing.assert_array_equal(dx[0, 0], [[0, np.inf, 0, 0], [0, 0, 1, 0]])
