"""The compiled depthwise convolution against the reference."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.ops import conv
from blobnet.ops.conv import depthwise
from blobnet.ops.jit import compiled
from blobnet.ops.window import Window
from tests.ops.conv.problem import PARTS, Problem

pytestmark = pytest.mark.skipif(
    compiled("conv.depthwise_kernel") is None, reason="needs numba, and NUMBA_DISABLE_JIT not set"
)

# images, channels, size, kernel, stride, pad, dilation
CASES = {
    "rows of one vector": (3, 19, (7, 7), (3, 3), (1, 1), (1, 1), (1, 1)),
    "rows of two vectors": (2, 5, (14, 14), (3, 3), (1, 1), (1, 1), (1, 1)),
    "rows of many vectors": (1, 3, (9, 57), (3, 3), (1, 1), (1, 1), (1, 1)),
    "several strips": (2, 2, (61, 18), (3, 3), (1, 1), (1, 1), (1, 1)),
    "several strips in steps": (2, 2, (121, 18), (3, 3), (2, 2), (1, 1), (1, 1)),
    "no padding": (2, 3, (12, 19), (3, 3), (1, 1), (0, 0), (1, 1)),
    "more padding than the kernel sees": (2, 3, (6, 9), (3, 3), (1, 1), (4, 3), (1, 1)),
    "steps of two": (2, 5, (14, 28), (3, 3), (2, 2), (1, 1), (1, 1)),
    "steps of two, odd sizes": (2, 5, (15, 33), (3, 3), (2, 2), (1, 1), (1, 1)),
    "steps of two without padding": (2, 5, (16, 31), (3, 3), (2, 2), (0, 0), (1, 1)),
    "steps of two, much padding": (2, 3, (11, 12), (3, 3), (2, 2), (2, 3), (1, 1)),
    "steps down only": (2, 3, (13, 20), (3, 3), (2, 1), (1, 1), (1, 1)),
    "steps across only": (2, 3, (13, 20), (3, 3), (1, 2), (1, 1), (1, 1)),
    "steps of three": (2, 3, (17, 40), (4, 5), (3, 3), (1, 2), (1, 1)),
    "steps longer than the kernel": (2, 3, (17, 40), (1, 2), (3, 4), (0, 0), (1, 1)),
    "pixels that nobody sees": (1, 2, (12, 12), (3, 3), (2, 2), (0, 0), (1, 1)),
    "an even kernel, to be turned": (2, 3, (10, 11), (4, 4), (2, 2), (1, 1), (1, 1)),
    "many taps": (2, 4, (9, 21), (5, 5), (1, 1), (2, 2), (1, 1)),
    "many taps in steps": (2, 4, (9, 21), (5, 5), (2, 2), (2, 2), (1, 1)),
    "as many taps as there may be": (1, 2, (20, 21), (8, 8), (4, 4), (2, 2), (1, 1)),
    "the whole image": (2, 3, (7, 7), (7, 7), (1, 1), (0, 0), (1, 1)),
    "dilation": (2, 3, (19, 20), (3, 3), (1, 1), (4, 4), (4, 4)),
    "dilation, several strips": (1, 2, (70, 9), (3, 3), (1, 1), (2, 3), (2, 3)),
    "dilation beyond the image": (1, 2, (5, 6), (3, 3), (1, 1), (9, 9), (9, 9)),
    "dilation of one axis, steps of the other": (1, 2, (9, 20), (3, 3), (1, 2), (2, 1), (2, 1)),
    "points": (2, 3, (5, 9), (1, 1), (1, 1), (0, 0), (1, 1)),
    "points in steps, with padding": (2, 3, (6, 19), (1, 1), (2, 2), (1, 1), (3, 1)),
    "one axis": (3, 4, (30,), (3,), (2,), (1,), (1,)),
    "one axis, dilation": (3, 4, (30,), (4,), (1,), (3,), (2,)),
    "one plane": (1, 1, (40, 40), (3, 3), (1, 1), (1, 1), (1, 1)),
}


def problem_of(name, dtype="f4"):
    images, channels, *rest = CASES[name]
    return Problem(depthwise, (images, channels, channels, channels, *rest), dtype)


@pytest.fixture(params=CASES)
def name(request):
    return request.param


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("part", PARTS)
def test_the_results_are_those_of_the_reference(name, dtype, part):
    problem_of(name, dtype).check_against_reference(part)


@pytest.mark.parametrize("slope", [0.0, 0.25])
def test_a_rectifier_behind(name, slope):
    problem_of(name, "f8").check_rectifier_behind(slope)


def test_without_a_bias():
    problem = problem_of("rows of two vectors", "f8")
    y = problem.forward() - problem.bias[:, None, None]
    problem.bias = None
    np.testing.assert_allclose(problem.forward(), y, atol=1e-12)


@pytest.mark.parametrize("part", PARTS)
def test_the_number_of_threads_changes_no_bit(name, part, shared_work):
    problem_of(name).check_threads_change_no_bit(part)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("stride", [1, 2])
def test_nan_stays_where_a_tap_sees_it(part, pad, stride):
    """NaN in one plane, at its end or all around: the sums of other planes and places stay."""
    window = Window((3, 3), (stride, stride), (pad, pad), (1, 1))
    for height, width in [(7, 7), (8, 8), (9, 18)]:
        rows, columns = window.output_size((height, width))
        x, weight = np.ones((2, 3, height, width), "f4"), np.ones((3, 1, 3, 3), "f4")
        dy, seen = np.ones((2, 3, rows, columns), "f4"), np.zeros((height, width), bool)
        for r in range(rows):
            for q in range(columns):
                top, left = r * stride - pad, q * stride - pad
                seen[max(top, 0) : top + 3, max(left, 0) : left + 3] = True
        if part == "weight_gradient":  # what no tap sees, and a plane that has a weight of its own
            x[:, 0, ~seen] = x[:, 1] = np.nan
            dweight = np.zeros_like(weight)
            depthwise.weight_gradient(x, dy, window, dweight)
            assert np.isfinite(dweight[[0, 2]]).all()
            assert np.isnan(dweight[1]).any()
        elif part == "forward":
            x[0, 1], x[1, 0, 0, 0] = np.nan, np.nan
            depthwise.forward(x, weight, None, window, dy)
            expected = np.zeros(dy.shape, bool)
            expected[0, 1] = expected[1, 0, 0, 0] = True
            if stride == 1:
                expected[1, 0, : pad + 1, : pad + 1] = True
            np.testing.assert_array_equal(np.isnan(dy), expected)
        else:
            dy[0, 1] = np.nan
            depthwise.input_gradient(dy, weight, window, x)
            expected = np.zeros(x.shape, bool)
            expected[0, 1] = seen
            np.testing.assert_array_equal(np.isnan(x), expected)


def test_nan_behind_a_row_of_places_adds_nothing_to_weights():
    """Taps see some pixels from some places only: elsewhere they meet no gradient, not a 0."""
    window = Window((2, 2), (1, 1), (0, 0), (1, 1))
    x, dy, dweight = np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3)), np.zeros((1, 1, 2, 2))
    x[..., 0] = np.nan  # seen by the taps at the left alone
    depthwise.weight_gradient(x, dy, window, dweight)
    np.testing.assert_array_equal(dweight[0, 0], [[np.nan, 9], [np.nan, 9]])
    x[..., 0], x[..., 3, :], dweight[...] = 1, np.nan, 0
    depthwise.weight_gradient(x, dy, window, dweight)
    np.testing.assert_array_equal(dweight[0, 0], [[9, 9], [np.nan, np.nan]])


@pytest.mark.parametrize("shape", [(0, 3, 8, 9), (1, 3, 0, 9), (1, 0, 8, 9)])
def test_empty_arrays(shape):
    window = Window((1, 1), (1, 1), (0, 0), (1, 1))
    x, y, weight = np.ones(shape, "f4"), np.ones(shape, "f4"), np.ones((shape[1], 1, 1, 1), "f4")
    conv.forward(x, weight, None, window, y)
    conv.input_gradient(y, weight, window, x)
    conv.weight_gradient(x, y, window, weight)
    np.testing.assert_array_equal(weight, 1)


def test_no_places_leave_a_gradient_of_zeros():
    window = Window((3, 3), (1, 1), (0, 0), (1, 1))
    x, y, weight = np.ones((2, 3, 2, 5)), np.ones((2, 3, 0, 3)), np.ones((3, 1, 3, 3))
    conv.input_gradient(y, weight, window, x)
    np.testing.assert_array_equal(x, 0)
    conv.weight_gradient(x, y, window, weight)
    np.testing.assert_array_equal(weight, 1)


@pytest.mark.parametrize(
    ("channels", "weight", "stride", "dilation", "suits"),
    [
        (6, (6, 1, 3, 3), 1, 1, True),
        (6, (6, 1, 3, 3), 2, 1, True),
        (6, (6, 1, 3, 3), 1, 2, True),
        (6, (6, 1, 3, 3), 2, 2, False),
        (6, (6, 1, 1, 1), 2, 2, True),
        (6, (6, 1, 8, 8), 8, 1, True),
        (6, (6, 1, 8, 8), 9, 1, False),
        (6, (6, 1, 8, 9), 1, 1, False),
        (6, (6, 2, 3, 3), 1, 1, False),
        (3, (6, 1, 3, 3), 1, 1, False),
    ],
)
def test_which_convolutions_it_suits(channels, weight, stride, dilation, suits):
    window = Window(weight[2:], (stride,) * 2, (1, 1), (dilation,) * 2)
    assert depthwise.suits(channels, np.ones(weight), window) is suits
