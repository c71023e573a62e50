"""Convolution of clips by kernels for images against the N-d one in plain numpy."""

import numpy as np
import pytest

from blobnet.ops import conv, parallel
from blobnet.ops.conv import volume
from blobnet.ops.jit import compiled
from blobnet.ops.reference import conv as reference
from blobnet.ops.window import Window

pytestmark = pytest.mark.skipif(compiled("conv.direct_kernel") is None, reason="no numba")

WINDOWS = {
    # kernel, stride, pad and dilation along (length, height, width); groups
    "cubes": ((3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1),
    "strides": ((2, 3, 2), (2, 2, 1), (0, 1, 0), (1, 1, 1), 2),
    "holes": ((3, 2, 2), (1, 1, 1), (2, 0, 1), (2, 1, 3), 1),
    "frames by themselves": ((1, 3, 3), (3, 1, 1), (0, 1, 1), (1, 1, 1), 4),
    "more padding than clip": ((2, 1, 1), (4, 1, 1), (7, 0, 0), (1, 1, 1), 1),
}


def results(name, computed_by):
    *window, groups = WINDOWS[name]
    window = Window(*window)
    rng = np.random.default_rng(4)
    x, bias = rng.normal(size=(2, 4, 5, 9, 8)), rng.normal(size=8)
    weight = rng.normal(size=(8, 4 // groups, *window.kernel))
    y = np.empty((2, 8, *window.output_size(x.shape[2:])))
    computed_by.forward(x, weight, bias, window, y)
    dy, dx, dweight = rng.normal(size=y.shape), np.empty_like(x), weight.copy()
    computed_by.input_gradient(dy, weight, window, dx)
    computed_by.weight_gradient(x, dy, window, dweight)
    return y, dx, dweight


@pytest.mark.parametrize("name", WINDOWS)
def test_as_the_reference(name):
    for actual, expected in zip(results(name, conv), results(name, reference), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


def test_it_is_what_serves(monkeypatch):
    calls = []
    monkeypatch.setattr(volume, "forward", lambda *arguments: calls.append(arguments))
    x, weight = np.zeros((1, 2, 3, 4, 4)), np.zeros((2, 2, 2, 2, 2))
    window = Window((2, 2, 2), (1, 1, 1), (0, 0, 0), (1, 1, 1))
    conv.forward(x, weight, None, window, np.zeros((1, 2, 2, 3, 3)))
    assert calls


def test_a_rectifier_behind(rng):
    x, weight = rng.normal(size=(1, 2, 3, 4, 4)), rng.normal(size=(2, 2, 2, 2, 2))
    window = Window((2, 2, 2), (1, 1, 1), (0, 0, 0), (1, 1, 1))
    y, bent = np.empty((2, 1, 2, 2, 3, 3))
    conv.forward(x, weight, None, window, y)
    conv.forward(x, weight, None, window, bent, 0.1)
    np.testing.assert_allclose(bent, np.where(y < 0, 0.1 * y, y))


def test_the_number_of_threads_changes_no_bit():
    seen = []
    try:
        for number in (1, 2, 3):
            parallel.set_num_threads(number)
            seen.append([array.tobytes() for array in results("cubes", conv)])
    finally:
        parallel.set_num_threads(None)
    assert seen[0] == seen[1] == seen[2]
