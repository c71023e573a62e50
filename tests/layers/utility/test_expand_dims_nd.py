import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def expanded(axes, shape=(2, 3)):
    return run_layer(
        f'name: "e" type: "ExpandDimsND" expand_dims_nd_param {{ axis: {axes} }}',
        np.arange(float(np.prod(shape))).reshape(shape),
    )


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        ([0], (1, 2, 3)),
        ([1], (2, 1, 3)),
        ([2], (2, 3, 1)),
        ([-1], (2, 3, 1)),
        ([-2], (2, 1, 3)),
        ([1, 1], (2, 1, 1, 3)),
        ([0, 2], (1, 2, 3, 1)),
        ([], (2, 3)),
    ],
)
def test_axes_of_length_one(axes, shape):
    run = expanded(axes)
    assert run.top[0].shape == shape
    np.testing.assert_array_equal(run.top[0].data.ravel(), range(6))


@pytest.mark.parametrize(
    ("axes", "words"), [([3], "no such place"), ([-3], "no such place"), ([2, 0], "must rise")]
)
def test_no_place_for_an_axis(axes, words):
    with pytest.raises(LayerError, match=words):
        expanded(axes)
