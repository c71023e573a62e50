import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def to_batch(x, size, paddings):
    return run_layer(
        'name: "s" type: "SpaceToBatchND" '
        f"space_to_batch_nd_param {{ block_shape: {list(size)} paddings: {list(paddings)} }}",
        x,
    )


def by_hand(x, size, paddings):
    """Block place by block place, as TensorFlow's documentation puts it."""
    pairs = list(zip(paddings[::2], paddings[1::2], strict=True))
    rest = x.ndim - 1 - len(size)
    padded = np.pad(x, [(0, 0), *pairs, *[(0, 0)] * rest])
    items = []
    for corner in itertools.product(*map(range, size)):
        steps = (slice(at, None, b) for at, b in zip(corner, size, strict=True))
        items.append(padded[(slice(None), *steps)])
    return np.concatenate(items)


@pytest.mark.parametrize(
    ("shape", "size", "paddings"),
    [
        ((2, 4, 6, 3), (2, 3), (0, 0, 0, 0)),
        ((1, 3, 5, 2), (2, 2), (1, 0, 0, 3)),
        ((3, 5), (3,), (2, 2)),
        ((1, 2, 2, 2, 1), (2, 1, 2), (0, 2, 1, 0, 0, 0)),
    ],
)
def test_places_of_blocks_become_items(shape, size, paddings, rng):
    x = rng.normal(size=shape)
    np.testing.assert_array_equal(
        to_batch(x, size, paddings).top[0].data, by_hand(x, size, paddings)
    )


@pytest.mark.parametrize(
    ("shape", "size", "paddings", "words"),
    [
        ((1, 3, 4), (2, 2), (0, 0, 0, 0), "do not fit"),
        ((1, 4), (2, 2), (0, 0, 0, 0), "do not fit"),
        ((1, 4, 4), (2, 2), (0, 0), "do not fit block_shape"),
        ((1, 4, 4), (2, 0), (0, 0, 0, 0), "is no block"),
        ((1, 4, 4), (), (), "is no block"),
    ],
)
def test_what_does_not_suit(shape, size, paddings, words):
    with pytest.raises(LayerError, match=words):
        to_batch(np.zeros(shape), size, paddings)
