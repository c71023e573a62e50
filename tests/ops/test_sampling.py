import math

import numpy as np
import pytest

from blobnet.ops.sampling import sample, slopes, spread, taps_in_zeros, taps_inside

HEIGHT, WIDTH = 4, 5


def pixel(plane, row, column):
    return plane[row, column] if 0 <= row < HEIGHT and 0 <= column < WIDTH else 0.0


def in_zeros(plane, row, column):
    top, left = math.floor(row), math.floor(column)
    lower, right = row - top, column - left
    return (
        (1 - lower) * (1 - right) * pixel(plane, top, left)
        + (1 - lower) * right * pixel(plane, top, left + 1)
        + lower * (1 - right) * pixel(plane, top + 1, left)
        + lower * right * pixel(plane, top + 1, left + 1)
    )


def inside(plane, row, column):
    if not (0 <= row < HEIGHT and 0 <= column < WIDTH):
        return 0.0
    return in_zeros(plane, min(row, HEIGHT - 1), min(column, WIDTH - 1))


RULES = {"zeros": (taps_in_zeros, in_zeros), "inside": (taps_inside, inside)}


def draw(rng, dtype=np.float64, groups=2, places=30):
    x = rng.normal(size=(4, HEIGHT, WIDTH)).astype(dtype)
    row = rng.uniform(-2, HEIGHT + 1, (groups, places)).astype(dtype)
    column = rng.uniform(-2, WIDTH + 1, (groups, places)).astype(dtype)
    return x, row, column


def sampled(rule, x, row, column):
    out = np.empty((len(x), row.shape[1]), x.dtype)
    sample(x, RULES[rule][0](row, column, HEIGHT, WIDTH), out)
    return out


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_place_is_mixed_of_the_pixels_around_it(rule, dtype, rng):
    x, row, column = draw(rng, dtype)
    row[0, :5], column[0, :5] = [0, 3, 3.5, -0.5, 1], [0, 4, 4.25, 2, 1]
    out = sampled(rule, x, row, column)
    for c, p in np.ndindex(*out.shape):
        group = c // 2
        expected = RULES[rule][1](x[c], float(row[group, p]), float(column[group, p]))
        np.testing.assert_allclose(out[c, p], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("rule", RULES)
def test_the_gradients_are_differences(rule, rng):
    x, row, column = draw(rng)
    taps = RULES[rule][0](row, column, HEIGHT, WIDTH)
    dy = rng.normal(size=(4, 30))
    dx, drow, dcolumn = np.full_like(x, np.nan), np.full((2, 30), np.nan), np.full((2, 30), np.nan)
    spread(dy, taps, dx)
    slopes(x, taps, taps.down, dy, drow)
    slopes(x, taps, taps.across, dy, dcolumn)
    for array, gradient in ((x, dx), (row, drow), (column, dcolumn)):
        for index in np.ndindex(*array.shape):
            was, step, values = array[index], 1e-6, []
            for sign in (1, -1):
                array[index] = was + sign * step
                values.append((sampled(rule, x, row, column) * dy).sum())
            array[index] = was
            difference = (values[0] - values[1]) / (2 * step)
            np.testing.assert_allclose(gradient[index], difference, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_kernels_give_the_bits_of_numpy(rule, dtype, rng):
    x, row, column = draw(rng, dtype, places=2500)
    taps = RULES[rule][0](row, column, HEIGHT, WIDTH)
    dy = rng.normal(size=(4, 2500)).astype(dtype)
    results = []
    for functions in (
        (sample, spread, slopes),
        tuple(function.__wrapped__ for function in (sample, spread, slopes)),
    ):
        out, dx, dplace = np.empty_like(dy), np.empty_like(x), np.empty((2, 2500), dtype)
        functions[0](x, taps, out)
        functions[1](dy, taps, dx)
        functions[2](x, taps, taps.down, dy, dplace)
        results.append((out, dx, dplace))
    for kernel, numpy in zip(*results, strict=True):
        np.testing.assert_array_equal(kernel, numpy)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_places_that_are_nowhere_show_nothing(rule, value, rng):
    x = rng.normal(size=(1, HEIGHT, WIDTH))
    places = np.array([[value, 1.0]])
    np.testing.assert_array_equal(sampled(rule, x, places, places[:, ::-1]), 0)
