import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("in_place", [False, True])
def test_what_is_negative_passes(in_place):
    run = run_layer(
        'name: "r" type: "NegReLU" relu_param { negative_slope: -0.5 }',
        np.array([-2.0, 0, 3]),
        in_place=in_place,
    )
    np.testing.assert_array_equal(run.top[0].data, [-2, 0, -1.5])
    run.top[0].diff[...] = [1, 1, 1]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [1, -0.5, -0.5])


@pytest.mark.parametrize("option", ["relu6: true", "maximum: 2"])
def test_limits_are_refused(option):
    with pytest.raises(LayerError, match="are limits of ReLU"):
        run_layer(f'name: "r" type: "NegReLU" relu_param {{ {option} }}', np.ones(3))
