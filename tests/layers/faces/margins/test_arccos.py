import math

import numpy as np

from blobnet.testing import run_layer


def test_values_and_slopes_by_hand():
    run = run_layer('type: "Arccos"', [0, 0.5, -1, 1, 2])
    expected = [math.pi / 2, math.pi / 3, math.pi, 0, math.nan]
    np.testing.assert_allclose(run.top[0].data, expected)
    run.top[0].diff[...] = [1, 2, 0, 3, 3]
    run.layer.backward(run.top, [True], run.bottom)
    steepest = 1 / math.sqrt(1 - 0.99**2)
    slopes = [-1, -2 / math.sqrt(0.75), math.nan, -3 * steepest, -3 * steepest]
    np.testing.assert_allclose(run.bottom[0].diff, slopes)
