"""Winograd's convolution against sums over taps, wherever it is possible at all."""

import numpy as np
import pytest

from blobnet.ops import conv
from blobnet.ops.conv import winograd_plan as winograd
from blobnet.ops.jit import compiled
from blobnet.ops.window import Window
from tests.ops.conv.problem import Problem

pytestmark = pytest.mark.skipif(
    compiled("conv.winograd_kernel") is None, reason="numba is not at hand"
)

# images, channels, outputs, groups, size, taps along an axis, pad
CASES = {
    "whole tiles": (2, 9, 10, 1, (16, 16), 3, (1, 1)),
    "odd sizes": (3, 5, 7, 1, (13, 19), 3, (1, 1)),
    "no padding": (2, 4, 12, 1, (9, 22), 3, (0, 0)),
    "wide padding": (2, 3, 4, 1, (6, 5), 3, (3, 2)),
    "groups": (2, 6, 8, 2, (14, 11), 3, (1, 0)),
    "one place": (3, 2, 5, 1, (3, 3), 3, (0, 0)),
    "many images": (37, 8, 6, 1, (7, 7), 3, (1, 1)),
    "many strips": (1, 70, 9, 1, (60, 58), 3, (1, 1)),
    "five taps": (3, 8, 12, 1, (16, 16), 5, (2, 2)),
    "five taps, odd sizes": (2, 11, 6, 1, (9, 21), 5, (2, 2)),
    "five taps, no padding": (4, 3, 7, 1, (12, 13), 5, (0, 0)),
    "five taps, wide padding": (2, 3, 3, 1, (4, 7), 5, (5, 4)),
    "five taps, groups": (2, 9, 6, 3, (13, 13), 5, (2, 1)),
    "five taps, one place": (2, 3, 4, 1, (5, 5), 5, (0, 0)),
    "five taps, many strips": (1, 40, 20, 1, (60, 60), 5, (2, 2)),
}


class WholeProblem(Problem):
    """Small integers, and weights that stay whole in every transform: all sums are exact."""

    def __init__(self, name, dtype="f4"):
        *sizes, taps, pad = CASES[name]
        super().__init__(conv, (*sizes, (taps, taps), (1, 1), pad, (1, 1)), dtype)
        self.weight *= 4

    def draw(self, *shape):
        return self.rng.integers(-9, 10, shape).astype(self.dtype)


@pytest.fixture(params=CASES)
def name(request):
    return request.param


@pytest.fixture
def everywhere(monkeypatch):
    """A function that says whether Winograd's method is to be used wherever it can."""

    def choose(is_used):
        for limit in ("MANY_CHANNELS", "MANY_TILES", "MANY_PRODUCTS"):
            monkeypatch.setattr(winograd, limit, 1 if is_used else 2**62)

    return choose


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("part", ["forward", "input_gradient"])
def test_the_sums_are_those_over_taps(name, dtype, part, everywhere):
    function = getattr(WholeProblem(name, dtype), part)
    everywhere(False)
    expected = function()
    everywhere(True)
    np.testing.assert_array_equal(function(), expected)


def test_a_rectifier_behind(everywhere):
    everywhere(True)
    problem = WholeProblem("five taps")
    y = problem.forward()
    np.testing.assert_array_equal(problem.forward(0.25), np.where(y > 0, y, 0.25 * y))


@pytest.mark.parametrize("part", ["forward", "input_gradient"])
def test_the_number_of_threads_changes_no_bit(name, part, everywhere, shared_work):
    everywhere(True)
    problem = WholeProblem(name)
    rng = np.random.default_rng(4)
    for array in (problem.x, problem.weight, problem.dy):
        array += rng.normal(size=array.shape).astype(array.dtype)  # not exact any more
    problem.check_threads_change_no_bit(part)
    assert set(shared_work) == {2, 3}


@pytest.mark.parametrize("taps", [3, 5])
def test_errors_are_hardly_larger_than_those_of_sums(taps, everywhere):
    rng, window = np.random.default_rng(5), Window((taps, taps), (1, 1), (1, 1), (1, 1))
    x, weight = rng.normal(size=(2, 48, 20, 20)), rng.normal(size=(32, 48, taps, taps))
    exact = np.zeros((2, 32, *window.output_size((20, 20))))
    everywhere(False)
    conv.forward(x, weight, None, window, exact)
    errors = []
    for is_used in (False, True):
        everywhere(is_used)
        y = exact.astype("f4")
        conv.forward(x.astype("f4"), weight.astype("f4"), None, window, y)
        errors.append(np.abs(y - exact).mean())
    assert errors[1] < 2.5 * errors[0]


def test_only_where_it_pays():
    def pays(channels, outputs, size, window):
        shape = window.output_size((size, size))
        weight = (outputs, channels, *window.kernel)
        return winograd.pays((8, channels, size, size), weight, (8, outputs, *shape), window)

    three, five = (Window((k, k), (1, 1), (k // 2, k // 2), (1, 1)) for k in (3, 5))
    assert pays(64, 64, 28, three)
    assert pays(16, 64, 56, three)
    assert pays(32, 64, 16, five)
    assert not pays(20, 50, 12, five)
    assert not pays(3, 64, 28, three)  # transforms take longer than products
    assert not pays(64, 64, 3, three)  # a thread is woken for next to nothing
    assert not pays(64, 64, 28, Window((3, 3), (2, 2), (1, 1), (1, 1)))
    assert not pays(64, 64, 28, Window((3, 3), (1, 1), (1, 1), (2, 2)))
    assert not pays(64, 64, 28, Window((3, 5), (1, 1), (1, 1), (1, 1)))
    assert not pays(64, 64, 28, Window((4, 4), (1, 1), (1, 1), (1, 1)))


def test_a_window_of_five_takes_half_of_the_products():
    assert winograd.Parts.of(3).counts.sum() == 16  # of 36
    assert winograd.Parts.of(5).counts.sum() == 49  # of 100
