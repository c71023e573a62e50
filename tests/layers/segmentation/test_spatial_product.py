import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 3), (2, 3, 4)])
def test_every_channel_is_multiplied_by_the_map(shape, rng):
    x, s = rng.normal(size=shape), rng.normal(size=(2, 1, *shape[2:]))
    y = run_layer('type: "SpatialProduct"', x, s).top[0].data
    for at in np.ndindex(shape):
        assert y[at] == x[at] * s[(at[0], 0, *at[2:])]


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 4, 5), (1, 1, 4, 5), (2, 1, 5, 4)])
def test_a_map_of_another_shape_is_refused(shape):
    with pytest.raises(LayerError, match=r"should have one channel.*\n.*\(2, 1, 4, 5\)"):
        run_layer('type: "SpatialProduct"', np.ones((2, 3, 4, 5)), np.ones(shape))
