import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def error(a, b):
    return float(run_layer('name: "r" type: "RelativeError"', a, b).top[0].data[0, 0, 0, 0])


def test_the_difference_beside_the_size(rng):
    a, b = rng.normal(size=(2, 2, 3, 4, 5))
    squares = [sum(v * v for v in values.ravel()) for values in (a - b, b)]
    np.testing.assert_allclose(error(a, b), math.sqrt(squares[0] / squares[1]))


def test_the_size_is_at_least_a_millionth():
    a = np.full((1, 1, 1, 4), 0.5)
    np.testing.assert_allclose(error(a, np.zeros_like(a)), 500)


def test_blobs_of_different_shape_are_refused():
    with pytest.raises(LayerError, match='RelativeError layer "r": a bottom does not fit'):
        error(np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 3)))
