"""The gradient of what 1x1 windows saw, by turned weights."""

import numpy as np
import pytest

from blobnet.ops import conv, parallel
from blobnet.ops.conv import direct, point
from blobnet.ops.jit import compiled
from blobnet.ops.recording import record
from blobnet.ops.window import Window
from tests.ops.conv.problem import Problem

pytestmark = pytest.mark.skipif(compiled("conv.point_kernel") is None, reason="no kernels here")

ONE, NO_PAD = (1, 1), (0, 0)
CASES = [
    (2, 360, 371, 1, (3, 4), ONE, ONE, NO_PAD, ONE),
    (3, 8, 8, 1, (5, 7), ONE, (2, 2), NO_PAD, ONE),
    (2, 13, 21, 1, (8, 30), ONE, (2, 2), NO_PAD, ONE),
    (1, 9, 24, 1, (10, 17), ONE, (3, 2), NO_PAD, (2, 2)),
    (2, 16, 40, 1, (1, 2), ONE, (2, 2), NO_PAD, ONE),
    (2, 10, 11, 1, (6, 41), ONE, (1, 2), NO_PAD, ONE),
]


def pays(problem):
    return point.pays(problem.x.shape, problem.weight.shape, problem.dy.shape, problem.window)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_pixel_gets_what_the_reference_says(case, dtype):
    problem = Problem(conv, case, dtype)
    assert pays(problem)
    problem.check_against_reference("input_gradient")


def test_pixels_that_no_window_sees_get_nothing():
    problem = Problem(conv, CASES[3])
    dx = problem.input_gradient()
    assert dx[:, :, ::3, ::2].all()
    dx[:, :, ::3, ::2] = 0
    assert not dx.any()


@pytest.mark.parametrize("case", CASES[:3], ids=str)
def test_neither_threads_nor_turning_change_a_bit(case):
    problem, found = Problem(conv, case), []
    for threads in (1, 2, 3):
        with parallel.threads_set_to(threads):
            found.append(problem.input_gradient())
    problem.ops = direct
    for other in (*found[1:], problem.input_gradient()):
        np.testing.assert_array_equal(other, found[0])


def test_its_launches_can_be_recorded():
    problem = Problem(conv, CASES[2])
    with record() as found:
        dx = problem.input_gradient()
    assert found.is_complete
    problem.dy *= 0
    for launch in found.launches:
        launch.run()
    assert not dx.any()


def test_only_where_it_pays():
    def of(channels, outputs, size, stride=1, pad=0, kernel=1, groups=1):
        window = Window(kernel=(kernel,) * 2, stride=(stride,) * 2, pad=(pad,) * 2, dilation=ONE)
        return pays(Problem(conv, (2, channels, outputs, groups, (size, size), *window)))

    assert of(512, 256, 7)
    assert not of(512, 256, 40)  # its weights serve many places, wherever they lie
    assert not of(64, 64, 7)
    assert of(16, 16, 8, stride=2)
    assert not of(16, 7, 8, stride=2)  # less than a vector of outputs
    assert not of(16, 16, 9, stride=3)
    assert not of(16, 16, 8, stride=2, pad=1)
    assert not of(16, 16, 8, stride=2, kernel=3)
    assert not of(16, 16, 8, stride=2, groups=2)
