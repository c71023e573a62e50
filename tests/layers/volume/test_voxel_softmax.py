import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_probabilities_along_the_channels(rng):
    x = rng.normal(size=(2, 3, 2, 2, 2))
    y = run_layer('name: "p" type: "VoxelSoftmax"', x).top[0].data
    expected = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    with pytest.raises(LayerError, match="must have 5 axes"):
        run_layer('name: "p" type: "VoxelSoftmax"', x[0])
