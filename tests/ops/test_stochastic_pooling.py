import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet.ops import stochastic_pooling
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.pooling_argmax import argmax_positions
from blobnet.ops.window import Window
from tests.ops import plain_loops
from tests.ops.windows import pooling_windows, seeds


def without_padding(drawn):
    window, size, places = drawn
    begins = zip(places, window.stride, size, strict=True)
    return not any(window.pad) and all((p - 1) * s < length for p, s, length in begins)


@pytest.fixture(params=[1, 2**18])
def chunked(request, monkeypatch):
    monkeypatch.setattr(stochastic_pooling, "PATCHES", request.param)


def first_to_reach(values, threshold):
    so_far = 0
    for value in values:
        so_far += value
        if so_far >= threshold * sum(values):
            return value
    raise AssertionError("nobody reached it")


@settings(deadline=None, max_examples=80)
@given(pooling_windows().filter(without_padding), st.integers(0, 2), seeds)
@overflow_allowed()
def test_the_first_value_with_which_the_sum_reaches_the_threshold(drawn, num, seed):
    window, size, places = drawn
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 4, size=(num, 2, *size)).astype(float)
    threshold = rng.integers(1, 9, size=(num, 2, *places)) / 8  # exact in binary
    y, drawn = np.empty_like(threshold), np.empty(threshold.shape, np.uint8)
    stochastic_pooling.sample(x, window, threshold, y, drawn)
    positions = argmax_positions(drawn, window, size)
    for at, values in plain_loops.windows(x, window, places).items():
        assert y[at] == first_to_reach(values, threshold[at])
        assert y[at] == x[at[0], at[1]].ravel()[positions[at]]


@settings(deadline=None, max_examples=80)
@given(pooling_windows().filter(without_padding), st.integers(0, 2), seeds)
@overflow_allowed()
def test_the_expected_value(drawn, num, seed):
    window, size, places = drawn
    x = np.random.default_rng(seed).integers(0, 3, size=(num, 2, *size)).astype(float)
    y = np.empty((num, 2, *places))
    stochastic_pooling.expected_forward(x, window, y)
    for at, values in plain_loops.windows(x, window, places).items():
        total = sum(values)
        expected = sum(value * value for value in values) / total if total else 0
        assert y[at] == pytest.approx(expected)


@pytest.mark.usefixtures("chunked")
@overflow_allowed()
def test_the_gradient_of_the_expected_value(rng):
    window = Window((2, 3), (1, 2), (0, 0), (1, 1))
    x, dy = rng.uniform(0.5, 2, size=(2, 2, 4, 5)), rng.normal(size=(2, 2, 3, 2))
    x[0, 0] = 0
    dx, step = np.full_like(x, np.nan), 1e-6
    stochastic_pooling.expected_backward(x, dy, window, dx)
    np.testing.assert_array_equal(dx[0, 0], 0)
    above, below = np.empty_like(dy), np.empty_like(dy)
    for at in plain_loops.places_of(x.shape):
        if at[:2] == (0, 0):
            continue
        moved = np.zeros_like(x)
        moved[at] = step
        stochastic_pooling.expected_forward(x + moved, window, above)
        stochastic_pooling.expected_forward(x - moved, window, below)
        assert dx[at] == pytest.approx(np.vdot(dy, above - below) / (2 * step), abs=1e-6)


@pytest.mark.usefixtures("chunked")
def test_the_chance_is_the_share_of_the_sum():
    x = np.tile(np.array([[0.0, 1.0], [3.0, 4.0]]), (1, 4000, 1, 1))
    threshold = 1 - np.random.default_rng(1).random((1, 4000, 1, 1))
    y, drawn = np.empty_like(threshold), np.empty(threshold.shape, np.uint8)
    stochastic_pooling.sample(x, Window((2, 2), (2, 2), (0, 0), (1, 1)), threshold, y, drawn)
    share = [np.mean(drawn == tap) for tap in (1, 2, 3, 4)]
    np.testing.assert_allclose(share, [0, 1 / 8, 3 / 8, 4 / 8], atol=0.03)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
@overflow_allowed()
def test_a_window_without_a_sum_gives_its_first_value(value):
    x = np.full((1, 1, 2, 2), value)
    y, drawn = np.empty((1, 1, 1, 1)), np.zeros((1, 1, 1, 1), np.uint8)
    window = Window((2, 2), (2, 2), (0, 0), (1, 1))
    stochastic_pooling.sample(x, window, np.full_like(y, 0.5), y, drawn)
    assert drawn[0, 0, 0, 0] in ((1,) if value != -1 else (1, 2))
    np.testing.assert_array_equal(y, value)
    stochastic_pooling.expected_forward(x, window, y)
    np.testing.assert_array_equal(y, 0)
