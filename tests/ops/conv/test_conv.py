import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops import conv
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.window import Window
from tests.ops import plain_loops
from tests.ops.windows import seeds, windows_and_sizes


@st.composite
def problems(draw, max_dims=2):
    """x, weight, bias, window, and an array of y's shape."""
    window, size = draw(windows_and_sizes(max_dims))
    groups, channels, outputs, num = (draw(st.integers(1, 2)) for _ in range(4))
    rng = np.random.default_rng(draw(seeds))
    x = rng.normal(size=(num, groups * channels, *size))
    weight = rng.normal(size=(groups * outputs, channels, *window.kernel))
    y = rng.normal(size=(num, len(weight), *window.output_size(size)))
    return x, weight, rng.normal(size=len(weight)), window, y


@pytest.fixture
def lenet(rng):
    """Small relatives of LeNet's second convolution, in float32."""
    x = rng.normal(size=(6, 4, 12, 12)).astype(np.float32)
    weight = rng.normal(size=(5, 4, 5, 5)).astype(np.float32)
    dy = rng.normal(size=(6, 5, 8, 8)).astype(np.float32)
    return x, weight, Window((5, 5), (1, 1), (0, 0), (1, 1)), dy


def forward(x, weight, bias, window, y):
    result = np.full_like(y, np.nan)
    conv.forward(x, weight, bias, window, result)
    return result


def input_gradient(x, weight, window, dy):
    dx = np.full_like(x, np.nan)
    conv.input_gradient(dy, weight, window, dx)
    return dx


def weight_gradient(x, weight, window, dy):
    dweight = np.zeros_like(weight)
    conv.weight_gradient(x, dy, window, dweight)
    return dweight


@settings(deadline=None, max_examples=100)
@given(problems())
def test_forward_is_that_of_plain_loops(problem):
    x, weight, bias, window, y = problem
    expected = plain_loops.convolution(x, weight, bias, window)
    np.testing.assert_allclose(forward(x, weight, bias, window, y), expected, atol=1e-12)


@settings(deadline=None, max_examples=150)
@given(problems(max_dims=3), seeds)
def test_the_gradients_are_those_of_a_bilinear_function(problem, seed):
    """y = f(x, w) is linear in x and in w: dy . f(z, w) = dx . z, dy . f(x, v) = dw . v."""
    x, weight, _, window, dy = problem
    rng = np.random.default_rng(seed)
    z, v = rng.normal(size=x.shape), rng.normal(size=weight.shape)
    dx, dw = input_gradient(x, weight, window, dy), weight_gradient(x, weight, window, dy)
    along_z, along_v = forward(z, weight, None, window, dy), forward(x, v, None, window, dy)
    np.testing.assert_allclose(np.vdot(dx, z), np.vdot(dy, along_z), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.vdot(dw, v), np.vdot(dy, along_v), rtol=1e-9, atol=1e-9)


def test_three_axes(rng):
    window = Window((2, 3, 1), (1, 2, 1), (1, 0, 1), (2, 1, 1))
    x, weight = rng.normal(size=(2, 2, 3, 5, 2)), rng.normal(size=(3, 2, 2, 3, 1))
    bias, y = rng.normal(size=3), np.empty((2, 3, 3, 2, 4))
    expected = plain_loops.convolution(x, weight, bias, window)
    np.testing.assert_allclose(forward(x, weight, bias, window, y), expected, atol=1e-12)


def test_weight_and_bias_gradients_are_added(rng):
    x, dy = rng.normal(size=(2, 3, 4, 4)), rng.normal(size=(2, 5, 2, 2))
    window = Window((3, 3), (1, 1), (0, 0), (1, 1))
    dweight, dbias = np.ones((5, 3, 3, 3)), np.ones(5)
    conv.weight_gradient(x, dy, window, dweight)
    conv.bias_gradient(dy, dbias)
    np.testing.assert_allclose(dweight - 1, weight_gradient(x, dweight, window, dy))
    np.testing.assert_allclose(dbias, 1 + dy.sum(axis=(0, 2, 3)))


def test_bias_is_added_at_every_place(rng):
    y, bias = rng.normal(size=(2, 3, 4)), rng.normal(size=3)
    expected = [[row + bias[o] for o, row in enumerate(image)] for image in y]
    conv.add_bias(y, bias)
    np.testing.assert_allclose(y, expected)


@pytest.mark.parametrize("shape", [(0, 2, 5, 5), (0, 2)])
def test_no_images_are_no_problem(shape):
    dims = len(shape) - 2
    window = Window(*((value,) * dims for value in (3, 1, 0, 1)))
    x, weight = np.zeros(shape), np.ones((4, 2, *window.kernel))
    y = np.zeros((0, 4, *window.output_size(shape[2:])))
    assert forward(x, weight, np.ones(4), window, y).shape == y.shape
    assert input_gradient(x, weight, window, y).shape == shape
    assert not weight_gradient(x, weight, window, y).any()


def test_a_result_does_not_depend_on_the_thread(lenet):
    x, weight, window, dy = lenet
    mine = [function(x, weight, window, dy) for function in (input_gradient, weight_gradient)]
    theirs = []
    thread = threading.Thread(
        target=lambda: theirs.extend(
            function(x, weight, window, dy) for function in (input_gradient, weight_gradient)
        )
    )
    thread.start()
    thread.join()
    for a, b in zip(mine, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_not_finite_passes_without_a_warning(lenet):
    x, weight, window, dy = lenet
    x[0, 0, 0, 0], dy[1, 1, 1, 1], weight[0, 0, 0, 0] = np.inf, np.nan, -np.inf
    with overflow_allowed():
        y = forward(x, weight, np.full(5, 3e38, np.float32), window, dy)
        dx, dweight = input_gradient(x, weight, window, dy), weight_gradient(x, weight, window, dy)
    assert not np.isfinite(y[0]).all()
    assert np.isnan(dx).any()
    assert np.isnan(dweight).any()
