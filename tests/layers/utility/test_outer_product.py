import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_all_products(rng):
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(2, 4, 1, 1))
    y = run_layer('type: "OuterProduct"', a, b).top[0].data
    assert y.shape == (2, 1, 3, 4)
    for n, i, j in np.ndindex(2, 3, 4):
        assert y[n, 0, i, j] == a[n, i] * b[n, j, 0, 0]


@pytest.mark.parametrize("shape", [(3, 2), (2, 2, 2), (2,)])
def test_what_is_no_vector_is_refused(shape):
    with pytest.raises(LayerError, match="items must be vectors"):
        run_layer('type: "OuterProduct"', np.ones((2, 3)), np.ones(shape))
