import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 1, 4)])
def test_columns_become_steps(shape, rng):
    x = rng.normal(size=shape)
    run = run_layer('type: "Convert"', x, num_top=2)
    for n, d, w in np.ndindex(2, 3, 4):
        assert run.top[0].data[w, n, d] == x.reshape(2, 3, 4)[n, d, w]
    np.testing.assert_array_equal(run.top[1].data, [[0, 0], [1, 1], [1, 1], [1, 1]])
    run.top[0].diff[...] = dy = rng.normal(size=(4, 2, 3))
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff.reshape(2, 3, 4), dy.transpose(1, 2, 0))


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 2, 4)])
def test_what_is_no_row_is_refused(shape):
    with pytest.raises(LayerError, match="no row of columns"):
        run_layer('type: "Convert"', np.ones(shape))
