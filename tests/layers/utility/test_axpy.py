import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def axpy(a, x, y):
    return run_layer('name: "add" type: "Axpy"', a, x, y)


@pytest.mark.parametrize("behind", [(), (1, 1)])
def test_every_channel_has_its_factor(behind, rng):
    a, x, y = rng.normal(size=(2, 3)), rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 4, 5))
    run = axpy(a.reshape(2, 3, *behind), x, y)
    dz = rng.normal(size=x.shape)
    run.top[0].diff[...] = dz
    run.backward()
    for n, c in np.ndindex(2, 3):
        np.testing.assert_allclose(run.top[0].data[n, c], a[n, c] * x[n, c] + y[n, c])
        da = run.bottom[0].diff.reshape(2, 3)[n, c]
        np.testing.assert_allclose(da, sum((dz[n, c] * x[n, c]).flat))
        np.testing.assert_allclose(run.bottom[1].diff[n, c], a[n, c] * dz[n, c])
    np.testing.assert_array_equal(run.bottom[2].diff, dz)


@pytest.mark.parametrize(
    ("a", "x", "y", "words"),
    [
        ((2, 4), (2, 3, 4), (2, 3, 4), "one factor for each channel"),
        ((2, 3, 2, 1), (2, 3, 2, 1), (2, 3, 2, 1), "one factor for each channel"),
        ((2,), (2,), (2,), "one factor for each channel"),
        ((2, 3), (2, 3, 4), (2, 3, 5), "the shape of bottom"),
    ],
)
def test_shapes_that_do_not_fit(a, x, y, words):
    with pytest.raises(LayerError, match=words):
        axpy(np.zeros(a), np.zeros(x), np.zeros(y))
