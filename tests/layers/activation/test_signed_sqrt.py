import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

TYPE = 'type: "SignedSqrt"'


def test_roots_and_the_gradient_of_the_fork():
    run = run_layer(TYPE, [4.0, -9, 0, -0.25])
    np.testing.assert_allclose(run.top[0].data, [2, -3, 0, -0.5])
    run.top[0].diff[...] = [1, 2, 3, -4]
    run.backward()
    expected = [1 / 2 / 2.03, 2 / 2 / 3.03, 3 / 2 / 0.03, -4 / 2 / 0.53]
    np.testing.assert_allclose(run.bottom[0].diff, expected)


def test_it_is_not_for_one_memory():
    with pytest.raises(LayerError, match="in-place"):
        run_layer(TYPE, [1.0], in_place=True)
