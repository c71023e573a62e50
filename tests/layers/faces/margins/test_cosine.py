import math

import numpy as np
import pytest

from blobnet.testing import run_layer


def test_values_and_slopes_by_hand():
    run = run_layer('type: "Cosine"', [0, math.pi / 3, math.pi, -math.pi / 2])
    np.testing.assert_allclose(run.top[0].data, [1, 0.5, -1, 0], atol=1e-15)
    run.top[0].diff[...] = [1, 2, 3, 4]
    run.backward()
    expected = [0, -2 * math.sin(math.pi / 3), 0, 4]
    assert run.bottom[0].diff == pytest.approx(expected, abs=1e-15)
