import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize(("values", "points"), [(6, 2), (7, 2), (3, 1)])
def test_it_is_the_mean_distance_of_points(values, points, rng):
    a, b = rng.normal(size=(2, 4, values))
    run = run_layer('type: "EuclideanDistance"', a, b[:, :, None])
    distances = [
        math.dist(a[n, 3 * p : 3 * p + 3], b[n, 3 * p : 3 * p + 3])
        for n, p in np.ndindex(4, points)
    ]
    assert run.top[0].shape == (1, 1, 1, 1)
    np.testing.assert_allclose(run.top[0].data.item(), sum(distances) / len(distances))
    with pytest.raises(LayerError, match="cannot do backward"):
        run.layer.backward(run.top, [True, False], run.bottom)


@pytest.mark.parametrize("shape", [(4, 5), (3, 6), (4,), (4, 6, 2), (4, 2)])
def test_points_that_do_not_match_are_refused(shape):
    with pytest.raises(LayerError, match="should have the same number"):
        run_layer('type: "EuclideanDistance"', np.ones((4, 6)), np.ones(shape))
