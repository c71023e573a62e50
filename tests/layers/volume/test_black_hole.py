import numpy as np

from blobnet.testing import run_layer


def test_nothing_comes_out():
    run = run_layer('name: "b" type: "BlackHole"', np.ones((2, 3)), np.ones(4))
    np.testing.assert_array_equal(run.top[0].data, np.zeros((1, 1, 1, 1, 1)))
    run.backward()
    assert not run.bottom[0].diff.any()
