import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_products_of_channels(rng):
    x = rng.normal(size=(2, 3, 2, 4))
    run = run_layer('type: "Gram"', x)
    assert run.top[0].shape == (2, 3, 3, 1)
    for n, i, j in np.ndindex(2, 3, 3):
        expected = sum(x[n, i].ravel() * x[n, j].ravel()) / 24
        np.testing.assert_allclose(run.top[0].data[n, i, j, 0], expected)


def test_more_than_four_axes_are_refused():
    with pytest.raises(LayerError, match="at most 4 axes"):
        run_layer('type: "Gram"', np.zeros((2, 3, 1, 1, 1)))
