import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("shape", [(3, 4), (1, 2), (5, 2, 3, 2), (4,)])
def test_items_are_added_up(shape, rng):
    x = rng.normal(size=shape)
    run = run_layer('type: "GlobalSumPooling"', x)
    expected = np.zeros((1, *shape[1:]))
    for item in x:
        expected[0] += item
    np.testing.assert_allclose(run.top[0].data, expected)
    dy = run.top[0].diff[...] = rng.normal(size=expected.shape)
    run.backward()
    for item in run.bottom[0].diff:
        np.testing.assert_array_equal(item, dy[0])


def test_what_has_no_items():
    with pytest.raises(LayerError, match="there must be an axis to add up along"):
        run_layer('type: "GlobalSumPooling"', np.float64(3))
