import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def one_hot(num_labels, labels):
    text = f'name: "o" type: "OneHot" onehot_param {{ num_labels: {num_labels} }}'
    return run_layer(text, labels).top[0].data


def test_each_label_of_a_place_has_a_one(rng):
    labels = rng.integers(-1, 3, size=(2, 4, 3, 5)).astype(float)
    y = one_hot(3, labels)
    assert y.shape == (2, 3, 3, 5)
    for n, c, i, j in np.ndindex(y.shape):
        assert y[n, c, i, j] == (c in labels[n, :, i, j])


@pytest.mark.parametrize("label", [3, -2, np.nan])
def test_what_is_no_label_is_refused(label):
    with pytest.raises(LayerError, match=r"Unexpected label\n.*-1 to 2"):
        one_hot(3, np.full((1, 3, 1, 1), label))


def test_fewer_channels_than_labels_are_refused():
    with pytest.raises(LayerError, match="num_labels, 3, channels or more"):
        one_hot(3, np.zeros((1, 2, 1, 1)))
    with pytest.raises(LayerError, match="num_labels must be at least 1"):
        one_hot(0, np.zeros((1, 2, 1, 1)))
