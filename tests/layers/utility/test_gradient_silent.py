import numpy as np
import pytest

from blobnet.testing import run_layer


@pytest.mark.parametrize("in_place", [False, True])
def test_values_pass_and_gradients_do_not(in_place, rng):
    x = rng.normal(size=(2, 3))
    run = run_layer('type: "GradientSilent"', x, in_place=in_place)
    np.testing.assert_array_equal(run.top[0].data, x)
    run.top[0].diff[...] = 7
    run.backward()
    assert not run.bottom[0].diff.any()
