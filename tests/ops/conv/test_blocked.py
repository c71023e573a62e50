"""Convolution by weights in blocks of outputs: the sums of `direct`, however images lie."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.ops import conv
from blobnet.ops.conv import blocked
from blobnet.ops.conv.blocked import BLOCK, Layout
from blobnet.ops.jit import compiled
from blobnet.ops.parallel import set_num_threads
from blobnet.ops.window import Window
from tests.ops.conv.problem import Problem

pytestmark = pytest.mark.skipif(
    compiled("conv.blocked_kernel") is None, reason="needs numba, and NUMBA_DISABLE_JIT not set"
)

# images, channels, outputs, groups, size, kernel, stride, pad, dilation
DENSE = {
    "points": (2, 32, 48, 1, (9, 11), (1, 1), (1, 1), (0, 0), (1, 1)),
    "points in steps": (2, 16, 80, 1, (9, 14), (1, 1), (2, 2), (0, 0), (1, 1)),
    "few points": (3, 48, 16, 1, (2, 3), (1, 1), (1, 1), (0, 0), (1, 1)),
    "one point": (2, 32, 40, 1, (1, 1), (1, 1), (1, 1), (0, 0), (1, 1)),
    "many terms": (1, 400, 21, 1, (5, 5), (1, 1), (1, 1), (0, 0), (1, 1)),
    "many strips": (1, 32, 130, 1, (90, 70), (1, 1), (1, 1), (0, 0), (1, 1)),
    "a window": (2, 16, 37, 1, (13, 10), (3, 3), (1, 1), (1, 1), (1, 1)),
    "a window in steps": (2, 32, 64, 1, (15, 22), (3, 2), (2, 3), (1, 2), (1, 1)),
    "a window with a dilation": (1, 16, 16, 1, (20, 21), (3, 3), (1, 1), (4, 3), (4, 2)),
    "a window of many strips": (1, 32, 24, 1, (70, 41), (5, 5), (1, 1), (2, 2), (1, 1)),
    "one channel": (2, 1, 20, 1, (12, 11), (5, 5), (1, 1), (0, 0), (1, 1)),
    "three channels": (2, 3, 33, 1, (37, 40), (3, 3), (2, 2), (1, 1), (1, 1)),
}
DEPTHWISE = {
    "rows with an inside": (2, 32, 32, 32, (14, 15), (3, 3), (1, 1), (1, 1), (1, 1)),
    "short rows": (2, 48, 48, 48, (7, 5), (3, 3), (1, 1), (1, 1), (1, 1)),
    "steps of two": (1, 64, 64, 64, (29, 30), (3, 3), (2, 2), (1, 1), (1, 1)),
    "steps down only": (1, 16, 16, 16, (21, 22), (3, 5), (3, 1), (1, 2), (1, 1)),
    "no padding": (2, 16, 16, 16, (11, 12), (5, 4), (1, 2), (0, 0), (1, 1)),
    "more padding than it sees": (1, 16, 16, 16, (4, 5), (3, 3), (1, 1), (4, 4), (1, 1)),
}
PLANES, BOTH = Layout(False, False), Layout(True, True)
LAYOUTS = [PLANES, BOTH, Layout(True, False), Layout(False, True)]


def in_blocks(images):
    """The same values in the same shape, in the order of blocks."""
    count, channels, *size = images.shape
    blocks = images.reshape(count, channels // BLOCK, BLOCK, *size)
    return np.moveaxis(blocks, 2, -1).reshape(images.shape)


def in_planes(images):
    count, channels, *size = images.shape
    blocks = images.reshape(count, channels // BLOCK, *size, BLOCK)
    return np.moveaxis(blocks, -1, 2).reshape(images.shape)


def results(problem, layout, slope=1.0):
    x = np.ascontiguousarray(in_blocks(problem.x) if layout.x_in_blocks else problem.x)
    packed = blocked.pack(problem.weight, problem.bias, x.shape[1])
    y = np.full_like(problem.dy, np.nan)
    blocked.forward(x, problem.weight, packed, problem.window, y, slope, layout)
    return in_planes(y) if layout.y_in_blocks else y


def has_whole_blocks(problem, layout):
    """Where something lies in blocks."""
    counts = problem.x.shape[1], problem.dy.shape[1]
    return not any(count % BLOCK for count, its in zip(counts, layout, strict=True) if its)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", DENSE)
def test_sums_have_the_bits_of_direct_ones(name, layout, monkeypatch):
    problem = Problem(conv, DENSE[name])
    if not has_whole_blocks(problem, layout):
        pytest.skip("no whole blocks")
    for algorithm in ("winograd", "whole"):
        answer = "pays" if algorithm == "winograd" else "suits"
        monkeypatch.setattr(getattr(conv, algorithm), answer, lambda *args: False)
    np.testing.assert_array_equal(results(problem, layout), problem.forward())


@pytest.mark.parametrize("name", DEPTHWISE)
def test_depthwise_sums_have_the_same_bits(name):
    problem = Problem(conv, DEPTHWISE[name])
    np.testing.assert_array_equal(results(problem, BOTH, 0.25), problem.forward(0.25))


@pytest.mark.parametrize("layout", [PLANES, BOTH])
def test_a_rectifier_behind_and_no_bias(layout):
    problem = Problem(conv, DENSE["points"])
    problem.bias = None
    np.testing.assert_array_equal(results(problem, layout, 0.25), problem.forward(0.25))


@pytest.mark.parametrize("case", [DENSE["a window of many strips"], DEPTHWISE["steps of two"]])
def test_threads_change_nothing(case):
    problem = Problem(conv, (4, *case[1:]))
    layout = BOTH if case[3] > 1 else PLANES
    found = []
    for number in (1, 3):
        set_num_threads(number)
        found.append(results(problem, layout))
    set_num_threads(None)
    np.testing.assert_array_equal(*found)


@pytest.mark.skipif(not blocked.gains(), reason="with few registers it is for nothing")
def test_what_it_is_not_for():
    points, far = Window((1, 1), (1, 1), (0, 0), (1, 1)), Window((3, 3), (1, 1), (9, 9), (9, 9))
    x, weight, y = (2, 32, 9, 9), (48, 32, 1, 1), (2, 48, 9, 9)
    assert blocked.suits(x, weight, y, points, BOTH)
    assert not blocked.suits(x, weight, y, points, PLANES)
    assert blocked.suits((2, 3, 9, 9), (48, 3, 1, 1), y, points, PLANES)
    assert not blocked.suits(x, (48, 16, 1, 1), y, points, BOTH)  # groups
    assert not blocked.suits(x, (8, 32, 1, 1), (2, 8, 9, 9), points, BOTH)  # few outputs
    assert not blocked.suits((1, 32, 1, 1), weight, (1, 48, 1, 1), points, BOTH)  # sees all
    single = (32, 1, 3, 3)
    assert not blocked.suits(x, single, x, far, BOTH)  # a dilation
    near = far._replace(pad=(1, 1), dilation=(1, 1))
    assert blocked.suits(x, single, x, near, BOTH)
    assert not blocked.suits(x, single, x, near, Layout(True, False))
