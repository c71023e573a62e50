import numpy as np
import pytest

from blobnet.ops.jit import available
from blobnet.ops.segmentation.domain_transform import smooth, smooth_backward

SIZES = np.array([[4, 5], [3, 2], [0, 5], [1, 1]])
SHAPE = (4, 2, 4, 5)


def plain(y, weight, sizes):
    """Pixel by pixel, in four passes."""
    y = y.copy()
    for n, c in np.ndindex(y.shape[:2]):
        height, width = sizes[n]
        its, w = y[n, c], weight[n]
        for i in range(height):
            for j in range(1, width):
                its[i, j] += w[i, j] * (its[i, j - 1] - its[i, j])
        for i in range(height):
            for j in range(width - 2, -1, -1):
                its[i, j] += w[i, j + 1] * (its[i, j + 1] - its[i, j])
        for j in range(width):
            for i in range(1, height):
                its[i, j] += w[i, j] * (its[i - 1, j] - its[i, j])
        for j in range(width):
            for i in range(height - 2, -1, -1):
                its[i, j] += w[i + 1, j] * (its[i + 1, j] - its[i, j])
    return y


@pytest.fixture(params=["numpy", "compiled"])
def functions(request):
    if request.param == "numpy":
        return smooth.__wrapped__, smooth_backward.__wrapped__
    if not available():
        pytest.skip("nothing can be compiled here")
    return smooth, smooth_backward


def test_the_four_passes(functions, rng):
    y, weight = rng.normal(size=SHAPE), rng.random((4, 4, 5))
    expected = plain(y, weight, SIZES)
    functions[0](y, weight, SIZES)
    np.testing.assert_allclose(y, expected)


def test_the_gradient_is_that_of_differences(functions, rng):
    forward, backward = functions
    x, weight, dy = rng.normal(size=SHAPE), rng.random((4, 4, 5)), rng.normal(size=SHAPE)
    saved, y = np.zeros((4, *SHAPE)), x.copy()
    forward(y, weight, SIZES, saved)
    dx, d_weight = dy.copy(), np.ones_like(weight)
    backward(dx, weight, SIZES, saved, d_weight)
    for values, gradient in ((x, dx), (weight, d_weight - 1)):
        for at in rng.permutation([*np.ndindex(values.shape)])[:40]:
            sums = []
            for step in (1e-6, -1e-6):
                values[tuple(at)] += step
                sums.append((plain(x, weight, SIZES) * dy).sum())
                values[tuple(at)] -= step
            found = (sums[0] - sums[1]) / 2e-6
            np.testing.assert_allclose(gradient[tuple(at)], found, rtol=1e-5, atol=1e-7)
