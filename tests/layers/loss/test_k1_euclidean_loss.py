import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize(("kind", "sign"), [("K1", -1), ("K2", 1)])
def test_values_far_from_one_half(kind, sign, rng):
    x, other = rng.uniform(size=(2, 3, 4)), rng.normal(size=(3, 4))
    run = run_layer(f'type: "{kind}_EuclideanLoss"', x[0], other)
    distance = sum((v - 0.5) ** 2 for v in x[0].flat)
    np.testing.assert_allclose(run.top[0].data, sign * distance / 24)
    run.top[0].diff[...] = 6
    run.layer.backward(run.top, [True, True], run.bottom)
    for blob in run.bottom:
        np.testing.assert_allclose(blob.diff, sign * (x[0] - 0.5) / 2)


@pytest.mark.parametrize("kind", ["K1", "K2"])
def test_items_of_another_shape_are_refused(kind):
    with pytest.raises(LayerError, match="items of one shape"):
        run_layer(f'type: "{kind}_EuclideanLoss"', np.ones((2, 3)), np.ones((2, 4)))
