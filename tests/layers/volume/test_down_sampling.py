import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def down(options, x):
    return run_layer(f'name: "d" type: "DownSampling" down_sampling_param {{ {options} }}', x)


def test_the_most_frequent_label_of_each_block(rng):
    x = rng.integers(-1, 3, size=(2, 1, 5, 7, 6)).astype(float)
    y = down("spatial_factor: 3 temporal_factor: 2", x).top[0].data
    assert y.shape == (2, 1, 2, 2, 2)
    for n, _, length, row, column in np.ndindex(y.shape):
        block = x[n, 0, 2 * length :, 3 * row :, 3 * column :][:2, :3, :3]
        labels, votes = np.unique(block, return_counts=True)
        assert y[n, 0, length, row, column] == labels[votes.argmax()]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("spatial_factor: 1 temporal_factor: 2", "spatial_factor must be at least 2"),
        ("spatial_factor: 2", "temporal_factor must be at least 2"),
        ("spatial_factor: 2 temporal_factor: 2 type: AVERAGE", "only VOTE"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        down(options, np.zeros((1, 1, 2, 2, 2)))


def test_what_cannot_be_counted_is_refused():
    for value in (np.nan, 1e30):
        x = np.zeros((1, 1, 2, 2, 2))
        x[0, 0, 0, 0, 0] = value
        with pytest.raises(LayerError, match="counted"):
            down("spatial_factor: 2 temporal_factor: 2", x)
