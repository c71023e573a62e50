import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def moved(x, kind, size=2):
    return run_layer(
        'name: "d" type: "DepthToSpace" '
        f'depth_to_space_param {{ block_size: {size} data_format: "{kind}" }}',
        x,
    )


def value(x, kind, b, n, c, row, column):
    """The value of y at a place, as depth_to_space_layer.cpp has it."""
    depth = (x.shape[3] if kind == "NHWC" else x.shape[1]) // (b * b)
    h, i, w, j = row // b, row % b, column // b, column % b
    channel = (c * b + i) * b + j if kind == "CRD" else (i * b + j) * depth + c
    return x[n, h, w, channel] if kind == "NHWC" else x[n, channel, h, w]


@pytest.mark.parametrize("kind", ["NHWC", "NCHW", "DCR", "CRD"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_channels_become_pixels(kind, size, rng):
    channels, space = 2 * size * size, (3, 2)
    shape = (2, *space, channels) if kind == "NHWC" else (2, channels, *space)
    x = rng.normal(size=shape)
    y = moved(x, kind, size).top[0].data
    assert y.shape == ((2, 3 * size, 2 * size, 2) if kind == "NHWC" else (2, 2, 3 * size, 2 * size))
    images = y.transpose(0, 3, 1, 2) if kind == "NHWC" else y
    for place in np.ndindex(*images.shape):
        assert images[place] == value(x, kind, size, *place)


@pytest.mark.parametrize(
    ("shape", "kind", "size", "words"),
    [
        ((1, 6, 2, 2), "NCHW", 2, "no blocks"),
        ((1, 2, 4), "NHWC", 2, "no blocks"),
        ((1, 4, 2, 2), "NWHC", 2, "unknown data_format"),
        ((1, 4, 2, 2), "NCHW", 0, "at least 1"),
    ],
)
def test_what_does_not_suit(shape, kind, size, words):
    with pytest.raises(LayerError, match=words):
        moved(np.zeros(shape), kind, size)
