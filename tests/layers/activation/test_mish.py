import math

import numpy as np
import pytest

from blobnet.testing import run_layer


@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_the_input_times_the_tanh_of_its_softplus(in_place, rng):
    x = rng.normal(0, 3, (2, 3, 4))
    run = run_layer('name: "m" type: "Mish"', x, in_place=in_place)
    expected = [v * math.tanh(math.log1p(math.exp(v))) for v in x.flat]
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-12)


def test_values_of_opencv():
    """Recorded with OpenCV 4.14, which reads this type."""
    run = run_layer('name: "m" type: "Mish"', np.array([-3.0, -1, 0.5, 2, 8], np.float32))
    recorded = [-0.14564745, -0.30340144, 0.37524521, 1.943959, 7.9999981]
    np.testing.assert_allclose(run.top[0].data, recorded, rtol=1e-5)


def test_large_values_stay_what_they_are():
    run = run_layer('name: "m" type: "Mish"', np.array([-1e4, 1e4, 1e30]))
    np.testing.assert_array_equal(run.top[0].data, [0, 1e4, 1e30])
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, 1, 1])
