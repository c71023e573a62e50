"""One image under one window: dot products, as many as outputs."""

import numpy as np
import pytest

from blobnet.ops import conv, parallel
from blobnet.ops.conv import direct, whole
from blobnet.ops.jit import compiled
from blobnet.ops.recording import record
from blobnet.ops.window import Window
from tests.ops.conv.problem import Problem

pytestmark = pytest.mark.skipif(compiled("conv.direct_kernel") is None, reason="no kernels here")

POINT = (1, 1), (1, 1), (0, 0), (1, 1)
CASES = [
    (1, 1, 1, 1, (1, 1), *POINT),
    (1, 300, 70, 1, (1, 1), *POINT),
    (1, 1024, 1000, 1, (1, 1), *POINT),
    (1, 7, 130, 1, (6, 5), (6, 5), (1, 1), (0, 0), (1, 1)),
    (1, 3, 9, 1, (4, 3), (4, 3), (2, 3), (0, 0), (1, 1)),
]


@pytest.mark.parametrize("slope", [1.0, 0.0, 0.1])
@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_output_is_the_dot_product_of_all_there_is(case, dtype, has_bias, slope):
    problem = Problem(conv, case, dtype)
    assert whole.suits(problem.x, problem.weight, problem.window, problem.dy)
    if not has_bias:
        problem.bias = None
    weight = problem.weight.reshape(len(problem.weight), -1).astype("f8")
    expected = weight @ problem.x.reshape(-1).astype("f8")
    expected += 0 if problem.bias is None else problem.bias
    expected = np.where(expected > 0, expected, slope * expected)
    rtol = 1e-5 if dtype == "f4" else 1e-12
    atol = rtol * np.abs(expected).max()
    made = problem.forward(slope)
    np.testing.assert_allclose(made.reshape(-1), expected, rtol=rtol, atol=atol)


def test_it_is_one_launch_of_dots_that_can_be_recorded():
    problem = Problem(conv, CASES[1])
    with record() as found:
        y = problem.forward()
    assert (len(found.launches), found.is_complete) == (1, True)
    before = y.copy()
    problem.bias *= 0
    problem.x *= 0
    found.launches[0].run()
    assert before.any()
    assert not y.any()


def test_threads_and_recording_change_no_bit():
    problem, found = Problem(conv, CASES[2]), []
    for number in (1, 2, 3):
        with parallel.threads_set_to(number):
            found.append(problem.forward())
            with record():
                found.append(problem.forward())
    for y in found[1:]:
        np.testing.assert_array_equal(y, found[0])


@pytest.mark.parametrize(
    "case",
    [
        (2, 8, 9, 1, (1, 1), *POINT),  # two images
        (1, 8, 9, 1, (1, 2), *POINT),  # two places
        (1, 8, 10, 2, (1, 1), *POINT),  # groups
        (1, 8, 9, 1, (3, 3), (3, 3), (3, 3), (1, 1), (1, 1)),  # padding, which has weights
        (1, 8, 9, 1, (3, 3), (2, 2), (2, 2), (0, 0), (1, 1)),  # pixels without weights
    ],
    ids=str,
)
def test_what_is_otherwise_is_left_to_others(case):
    problem = Problem(conv, case)
    assert not whole.suits(problem.x, problem.weight, problem.window, problem.dy)
    problem.check_against_reference("forward")


def test_a_window_with_gaps_sees_all_of_a_larger_image_not():
    window = Window((2, 2), (1, 1), (0, 0), (2, 2))
    x, weight = np.ones((1, 1, 3, 3), "f4"), np.ones((1, 1, 2, 2), "f4")
    y = np.empty((1, 1, 1, 1), "f4")
    assert not whole.suits(x, weight, window, y)
    conv.forward(x, weight, None, window, y)
    assert y.item() == 4


def test_arrays_with_gaps_are_left_to_numpy():
    x = np.ones((1, 8, 1, 1), "f4")[:, ::2]
    weight, y = np.ones((3, 4, 1, 1), "f4"), np.empty((1, 3, 1, 1), "f4")
    window = Window(*POINT)
    assert not direct.is_possible(window, x, weight, y)
    conv.forward(x, weight, None, window, y)
    np.testing.assert_array_equal(y.reshape(-1), 4)
