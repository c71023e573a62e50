import math

import numpy as np
import pytest

from blobnet.testing import check_gradients, run_layer

X = np.array([[-3.0, -0.5, 0.0], [0.25, 2.0, -20.0]])


def se_lu(options="", **more):
    return run_layer(f'name: "selu" type: "SeLu" selu_param {{ {options} }}', X.copy(), **more)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("options", "lam", "alpha"),
    [
        ("", 1.05070102, 1.67326319),
        ("lambda: 2 alpha: 0.5", 2, 0.5),
        ("lambda: -1.5", -1.5, 1.67326319),
        ("alpha: -0.5", 1.05070102, -0.5),
    ],
)
def test_every_value_is_that_of_the_formula(options, lam, alpha, in_place):
    run = se_lu(options, in_place=in_place)
    run.top[0].diff[...] = dy = np.arange(1.0, 7).reshape(2, 3)
    dy = dy.copy()
    y = run.top[0].data.copy()
    run.backward()
    for index in np.ndindex(X.shape):
        x = X[index]
        expected = lam * (x if x > 0 else alpha * (math.exp(x) - 1))
        slope = lam * (1 if x > 0 else alpha * math.exp(x))
        np.testing.assert_allclose(y[index], expected, rtol=1e-6)
        np.testing.assert_allclose(run.bottom[0].diff[index], dy[index] * slope, rtol=1e-5)


def test_it_keeps_mean_and_variance(rng):
    y = run_layer('name: "s" type: "SeLu"', rng.normal(size=200_000)).top[0].data
    assert abs(y.mean()) < 0.02
    assert abs(y.var() - 1) < 0.02


def test_gradients(rng):
    x = rng.normal(size=(3, 4))
    check_gradients('name: "s" type: "SeLu"', x + np.copysign(0.1, x))
