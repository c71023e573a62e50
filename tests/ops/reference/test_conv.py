"""The reference of convolution against plain loops, and what holds of a bilinear function."""

import numpy as np
import pytest
from hypothesis import given, settings

from blobnet.ops.reference import conv as reference
from blobnet.ops.window import Window
from tests.ops import plain_loops
from tests.ops.conv.test_conv import problems
from tests.ops.windows import seeds


@settings(deadline=None, max_examples=150)
@given(problems(max_dims=3), seeds)
def test_all_are_those_of_plain_loops(problem, seed):
    """y = f(x, w) is linear in x and in w: dy . f(z, w) = dx . z, dy . f(x, v) = dw . v."""
    x, weight, bias, window, dy = problem
    y, dx, dweight = np.full_like(dy, np.nan), np.full_like(x, np.nan), np.ones_like(weight)
    reference.forward(x, weight, bias, window, y)
    reference.input_gradient(dy, weight, window, dx)
    reference.weight_gradient(x, dy, window, dweight)
    expected = plain_loops.convolution(x, weight, bias, window)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    rng = np.random.default_rng(seed)
    z, v = rng.normal(size=x.shape), rng.normal(size=weight.shape)
    no_bias = np.zeros_like(bias)
    along_z = plain_loops.convolution(z, weight, no_bias, window)
    along_v = plain_loops.convolution(x, v, no_bias, window)
    np.testing.assert_allclose(np.vdot(dx, z), np.vdot(dy, along_z), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.vdot(dweight - 1, v), np.vdot(dy, along_v), rtol=1e-9, atol=1e-9)


def test_results_may_have_gaps(rng):
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    x, weight = rng.normal(size=(2, 4, 5, 6)), rng.normal(size=(6, 2, 3, 3))
    dy = rng.normal(size=(2, 6, 5, 6))

    def computed(new):
        y, dx, dweight = new(dy.shape), new(x.shape), new(weight.shape)
        reference.forward(x, weight, None, window, y)
        reference.input_gradient(dy, weight, window, dx)
        reference.weight_gradient(x, dy, window, dweight)
        return y, dx, dweight

    with_gaps = computed(lambda shape: np.zeros((*shape, 2))[..., 0])
    for result, expected in zip(with_gaps, computed(np.zeros), strict=True):
        np.testing.assert_array_equal(result, expected)
        assert expected.any()


HUGE = 10**6, 10**6


@pytest.mark.parametrize("part", ["forward", "input_gradient", "weight_gradient"])
def test_columns_that_the_machine_cannot_hold_are_an_error(part):
    window = Window((3, 3), (1, 1), (1, 1), (1, 1))
    image = np.broadcast_to(np.float32(0), (1, 1, *HUGE))  # one number in memory
    weight = np.zeros((1, 1, 3, 3), np.float32)
    arguments = {
        "forward": (image, weight, None, window, image),
        "input_gradient": (image, weight, window, image),
        "weight_gradient": (image, image, window, weight),
    }
    with pytest.raises(MemoryError, match=r"^\d+ GiB .*columns"):
        getattr(reference, part)(*arguments[part])
