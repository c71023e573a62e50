"""The compiled convolution against the reference."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.ops import conv
from blobnet.ops.conv import direct
from blobnet.ops.conv.weight_gradient_plan import FEW_WEIGHTS, IMAGE_GROUPS
from blobnet.ops.jit import compiled
from blobnet.ops.window import Window
from tests.ops.conv.problem import PARTS, Problem

pytestmark = pytest.mark.skipif(
    compiled("conv.direct_kernel") is None, reason="needs numba, and NUMBA_DISABLE_JIT not set"
)

# images, channels, outputs, groups, size, kernel, stride, pad, dilation
CASES = {
    "LeNet's first": (5, 1, 20, 1, (28, 28), (5, 5), (1, 1), (0, 0), (1, 1)),
    "LeNet's second": (5, 20, 50, 1, (12, 12), (5, 5), (1, 1), (0, 0), (1, 1)),
    "padding": (2, 3, 8, 1, (17, 13), (3, 3), (1, 1), (1, 1), (1, 1)),
    "short rows": (4, 6, 7, 1, (7, 7), (3, 3), (1, 1), (1, 1), (1, 1)),
    "steps of two": (2, 3, 16, 1, (31, 30), (7, 7), (2, 2), (3, 3), (1, 1)),
    "steps of four, as AlexNet": (1, 3, 13, 1, (35, 35), (11, 11), (4, 4), (0, 0), (1, 1)),
    "steps longer than the kernel": (2, 4, 5, 1, (20, 21), (1, 2), (3, 4), (0, 0), (1, 1)),
    "dilation": (2, 5, 6, 1, (19, 20), (3, 3), (1, 1), (4, 4), (4, 4)),
    "dilation and steps": (2, 3, 4, 1, (19, 20), (3, 2), (2, 3), (1, 2), (2, 3)),
    "different along each axis": (2, 4, 6, 1, (9, 40), (5, 2), (1, 2), (2, 0), (1, 3)),
    "groups": (3, 8, 12, 4, (15, 15), (3, 3), (1, 1), (1, 1), (1, 1)),
    "groups of two outputs": (3, 6, 6, 3, (15, 15), (3, 3), (2, 2), (1, 1), (1, 1)),
    "depthwise": (3, 19, 19, 19, (14, 14), (3, 3), (1, 1), (1, 1), (1, 1)),
    "depthwise in steps": (3, 19, 19, 19, (15, 14), (3, 3), (2, 2), (1, 1), (1, 1)),
    "depthwise, many taps": (2, 17, 17, 17, (9, 11), (5, 5), (1, 1), (2, 2), (1, 1)),
    "few planes": (1, 3, 3, 3, (40, 40), (4, 4), (2, 2), (1, 1), (1, 1)),
    "points": (2, 30, 14, 1, (9, 9), (1, 1), (1, 1), (0, 0), (1, 1)),
    "points of few places": (6, 30, 14, 1, (2, 2), (1, 1), (1, 1), (0, 0), (1, 1)),
    "points in steps": (2, 10, 14, 1, (9, 9), (1, 1), (2, 2), (0, 0), (1, 1)),
    "long sums": (1, 120, 7, 1, (12, 12), (3, 3), (1, 1), (1, 1), (1, 1)),
    "many outputs": (1, 40, 200, 1, (10, 10), (3, 3), (1, 1), (1, 1), (1, 1)),
    "mostly padding": (3, 6, 8, 1, (9, 11), (5, 5), (1, 1), (1, 0), (1, 1)),
    "mostly padding, dilation": (2, 5, 7, 1, (12, 17), (3, 3), (1, 1), (1, 2), (4, 3)),
    "rows of many images": (7, 24, 37, 1, (7, 5), (2, 2), (1, 1), (1, 1), (1, 1)),
    "3x3, many channels": (3, 35, 43, 1, (13, 18), (3, 3), (1, 1), (1, 1), (1, 1)),
    "3x3, small images": (9, 16, 21, 1, (7, 7), (3, 3), (1, 1), (1, 1), (1, 1)),
    "3x3, groups, no padding": (2, 40, 34, 2, (20, 11), (3, 3), (1, 1), (0, 0), (1, 1)),
    "3x3, wide padding": (2, 18, 16, 1, (11, 12), (3, 3), (1, 1), (3, 2), (1, 1)),
    "many tiles of weights": (5, 37, 130, 1, (16, 15), (3, 3), (1, 1), (1, 1), (1, 1)),
    "many strips": (3, 12, 20, 1, (43, 40), (3, 3), (1, 1), (1, 1), (1, 1)),
    "many strips, few channels": (2, 3, 20, 1, (43, 60), (5, 5), (1, 1), (2, 2), (1, 1)),
    "wide rows": (2, 8, 9, 1, (2, 1700), (1, 3), (1, 1), (0, 1), (1, 1)),
    "wide rows, few channels": (2, 2, 24, 1, (2, 1571), (1, 3), (1, 1), (0, 0), (1, 1)),
    "points of many outputs": (3, 5, 300, 1, (6, 7), (1, 1), (1, 1), (0, 0), (1, 1)),
    "nothing but padding": (2, 8, 7, 1, (3, 3), (2, 2), (1, 1), (7, 6), (1, 1)),
    "one place": (3, 4, 5, 1, (3, 3), (3, 3), (1, 1), (0, 0), (1, 1)),
    "one axis": (3, 4, 5, 1, (30,), (3,), (2,), (1,), (2,)),
    "no axis": (12, 4, 5, 1, (), (), (), (), ()),
}


@pytest.fixture(params=CASES)
def name(request):
    return request.param


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("part", PARTS)
def test_the_results_are_those_of_the_reference(name, dtype, part):
    Problem(conv, CASES[name], dtype).check_against_reference(part)


@pytest.mark.parametrize("slope", [0.0, 0.25])
def test_a_rectifier_behind(name, slope):
    Problem(conv, CASES[name], "f8").check_rectifier_behind(slope)


@pytest.mark.parametrize("part", PARTS)
def test_the_number_of_threads_changes_no_bit(name, part, shared_work):
    Problem(conv, CASES[name]).check_threads_change_no_bit(part)


def one_by_one(problem: Problem) -> np.ndarray:
    """Weight gradients of one group, added up place by place in float32, image after image."""
    (taps, padding), window = (problem.window.kernel, problem.window.pad), problem.window
    x = np.pad(problem.x, [(0, 0), (0, 0), *((pad, pad) for pad in padding)])
    dweight, (height, width) = np.ones_like(problem.weight), problem.dy.shape[2:]
    image_groups = min(len(x), IMAGE_GROUPS) if dweight.size <= FEW_WEIGHTS else 1
    for tap in np.ndindex(*taps):
        y, q = (k * dilation for k, dilation in zip(tap, window.dilation, strict=True))
        seen = x[:, :, y :: window.stride[0], q :: window.stride[1]][:, :, :height, :width]
        products = problem.dy[:, :, None] * seen[:, None]  # n, m, c, row, column
        total = np.zeros_like(dweight[..., 0, 0])
        for image_group in range(image_groups):
            places = np.moveaxis(products[image_group::image_groups], 0, 2).reshape(
                *total.shape, -1
            )
            total += np.add.accumulate(places, axis=2)[..., -1]
        dweight[(..., *tap)] += total
    return dweight


@pytest.mark.parametrize(
    "name",
    ["LeNet's second", "short rows", "steps of two", "many strips", "many strips, few channels",
     "many tiles of weights", "dilation and steps", "wide rows", "points of many outputs"],
)  # fmt: skip
def test_weight_gradients_are_added_up_place_by_place(name):
    problem = Problem(conv, CASES[name])
    for array in (problem.x, problem.dy):
        array.view("u4")[...] &= 0xFFFFF000  # so few digits that products are exact
    np.testing.assert_array_equal(problem.weight_gradient(), one_by_one(problem))


def test_nan_stays_where_a_tap_sees_it():
    problem = Problem(conv, CASES["padding"])
    problem.x[1, 2, 8, 6] = np.nan
    seen = np.isnan(problem.forward())
    expected = np.zeros_like(seen)
    expected[1, :, 7:10, 5:8] = True
    np.testing.assert_array_equal(seen, expected)


@pytest.mark.parametrize("images", [0, 1])
def test_empty_arrays(images):
    x, weight = np.ones((images, 3, 0, 9), "f4"), np.ones((4, 3, 1, 1), "f4")
    y = np.ones((images, 4, 0, 9), "f4")
    window = Window((1, 1), (1, 1), (0, 0), (1, 1))
    conv.forward(x, weight, None, window, y)
    conv.input_gradient(y, weight, window, x)
    conv.weight_gradient(x, y, window, weight)
    np.testing.assert_array_equal(weight, 1)


def test_arrays_that_are_not_contiguous_go_the_other_way():
    problem = Problem(conv, CASES["padding"], "f8")
    expected = problem.forward()
    problem.x = np.ascontiguousarray(problem.x.transpose(0, 1, 3, 2)).transpose(0, 1, 3, 2)
    assert not direct.is_possible(problem.window, problem.x)
    np.testing.assert_allclose(problem.forward(), expected, rtol=1e-10)
