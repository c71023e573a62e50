import numpy as np

from blobnet.testing import run_layer


def test_items_have_length_1():
    x = np.array([[3.0, 4], [0, 0]]).reshape(2, 1, 2)
    run = run_layer('name: "n" type: "L2Normalize"', x)
    np.testing.assert_allclose(run.top[0].data, [[[0.6, 0.8]], [[0, 0]]], rtol=1e-7)
