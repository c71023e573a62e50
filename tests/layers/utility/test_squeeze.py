import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def squeeze(options, shape):
    return run_layer(f'name: "s" type: "Squeeze" squeeze_param {{ {options} }}', np.ones(shape))


@pytest.mark.parametrize(
    ("options", "shape", "expected"),
    [
        ("", (2, 1, 3, 1), (2, 3)),
        ("axis: 1", (2, 1, 3, 1), (2, 3, 1)),
        ("axis: -1 axis: 1", (2, 1, 3, 1), (2, 3)),
        ("", (1, 1), ()),
        ("", (2, 3), (2, 3)),
    ],
)
def test_axes_of_length_1_go(options, shape, expected):
    run = squeeze(options, shape)
    assert run.top[0].shape == expected
    assert run.top[0].data.base is not None or run.top[0].data is run.bottom[0].data
    run.bottom[0].data[...] = 7
    assert (run.top[0].data == 7).all()


def test_other_axes_stay():
    with pytest.raises(LayerError, match="Can't remove axis that is not shape 1!"):
        squeeze("axis: 2", (2, 1, 3))
