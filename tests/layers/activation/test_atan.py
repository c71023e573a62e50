import math

import numpy as np

from blobnet.testing import run_layer


def test_angles_of_tangents(rng):
    x = np.array([-np.inf, -3, -1, 0, 0.5, 1, 1e30, np.inf])
    run = run_layer('name: "a" type: "Atan"', x)
    np.testing.assert_allclose(run.top[0].data, [math.atan(value) for value in x], rtol=1e-15)
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff[2:5], [1, 2, 2 / 1.25])
