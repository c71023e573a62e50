import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_the_length_of_each_arrow():
    x = np.array([[[[3.0, 0]], [[4.0, 0]]]])
    run = run_layer('name: "norm" type: "ChannelNorm"', x)
    np.testing.assert_array_equal(run.top[0].data, [[[[5, 0]]]])
    run.top[0].diff[...] = 10
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[[[6, 0]], [[8, 0]]]], rtol=1e-8)


def test_images_alone_are_taken():
    with pytest.raises(LayerError, match="4 axes"):
        run_layer('name: "norm" type: "ChannelNorm"', np.zeros((2, 3)))
