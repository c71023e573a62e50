import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_each_item_has_length_1(rng):
    x = rng.normal(size=(3, 2, 4))
    x[1] = 1e-9
    run = run_layer('type: "L2Norm"', x)
    assert run.top[0].shape == (3, 2, 4, 1)
    for item, values in zip(run.top[0].data, x, strict=True):
        length = math.sqrt(max(sum(value**2 for value in values.ravel()), 1e-12))
        np.testing.assert_allclose(item[..., 0], values / length)


@pytest.mark.parametrize("shape", [(1, 1, 1, 1, 1), ()])
def test_what_has_no_values_of_items_is_refused(shape):
    with pytest.raises(LayerError, match="an item must have values"):
        run_layer('type: "L2Norm"', np.ones(shape))
