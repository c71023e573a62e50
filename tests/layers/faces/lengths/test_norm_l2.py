import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("options", ["", "norml2_param { spare: 3 }"])
def test_each_item_has_length_1(options, rng):
    x = rng.normal(size=(3, 2, 4))
    x[1] = 0
    run = run_layer(f'type: "NormL2" {options}', x)
    assert run.top[0].shape == (3, 2, 4, 1)
    for item, values in zip(run.top[0].data, x, strict=True):
        length = math.sqrt(sum(value**2 for value in values.ravel()) + 1e-7)
        np.testing.assert_allclose(item[..., 0], values / length)


def test_five_axes_are_refused():
    with pytest.raises(LayerError, match="an item must have values"):
        run_layer('type: "NormL2"', np.ones((1, 1, 1, 1, 1)))
