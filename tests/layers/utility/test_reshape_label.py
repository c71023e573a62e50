import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

COUNT = 8 * 256 + 64 + 16 + 4 + 4000


def reshape_label(x, size=16):
    text = f"reshape_label_param {{ full_label_size: {size} }}"
    return run_layer(f'name: "labels" type: "ReshapeLabel" {text}', x, num_top=5)


def test_the_parts_stand_in_a_row():
    x = np.arange(2 * COUNT).reshape(2, COUNT)
    tops = [blob.data for blob in reshape_label(x, 16).top]
    shapes = [(2, 1, 2, 2), (2, 1, 4, 4), (2, 1, 8, 8), (2, 8, 16, 16), (2, 1, 1000, 4)]
    assert [y.shape for y in tops] == shapes
    parts = [tops[index].reshape(2, -1) for index in (3, 2, 1, 0, 4)]
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), x)


@pytest.mark.parametrize("size", [0, -8, 12])
def test_sizes_that_cannot_be_divided(size):
    with pytest.raises(LayerError, match="multiple of 8"):
        reshape_label(np.zeros((1, COUNT)), size)


def test_labels_of_another_size():
    with pytest.raises(LayerError, match="another size"):
        reshape_label(np.zeros((1, 5)))
