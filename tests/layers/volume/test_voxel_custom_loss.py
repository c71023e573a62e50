import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_differences_count_up_to_1():
    a = np.array([0.5, -3, 2, 0]).reshape(2, 1, 1, 1, 2)
    run = run_layer('name: "l" type: "VoxelCustomLoss"', a, np.zeros_like(a))
    assert run.top[0].data == (0.25 + 1 + 1) / 4
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff.ravel(), [0.25, -0.5, 0.5, 0])
    with pytest.raises(LayerError, match="same shape"):
        run_layer('name: "l" type: "VoxelCustomLoss"', a, a[:1])
