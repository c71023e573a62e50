import numpy as np
import pytest

from blobnet.ops.padding import add_back, inside, pad_with_value, take


def padded_by_hand(x, pads, value):
    """Place by place."""
    shape = [
        length + before + behind for length, (before, behind) in zip(x.shape, pads, strict=True)
    ]
    y = np.full(shape, value, x.dtype)
    for place in np.ndindex(*x.shape):
        there = tuple(at + before for at, (before, _) in zip(place, pads, strict=True))
        if all(0 <= at < length for at, length in zip(there, shape, strict=True)):
            y[there] = x[place]
    return y


@pytest.mark.parametrize(
    "pads", [((1, 2), (0, 3)), ((-1, 2), (2, -1)), ((-1, -1), (0, -3)), ((-3, 2), (1, 1))]
)
def test_values_around(pads, rng):
    x = rng.normal(size=(3, 4))
    expected = padded_by_hand(x, pads, 0.5)
    y = np.empty_like(expected)
    pad_with_value(x, pads, 0.5, y)
    np.testing.assert_array_equal(y, expected)
    dy, dx = rng.normal(size=y.shape), np.empty_like(x)
    inside(dy, pads, dx)
    # The gradient of sum(dy * y) is linear in x: a value for each x alone.
    for place in np.ndindex(*x.shape):
        one = np.zeros_like(x)
        one[place] = 1
        assert dx[place] == (padded_by_hand(one, pads, 0) * dy).sum()


def test_places_that_are_there_several_times(rng):
    x = rng.normal(size=(2, 3))
    sources = [None, np.array([2, 0, 0, 1])]
    y = np.empty((2, 4))
    take(x, sources, y)
    np.testing.assert_array_equal(y, x[:, [2, 0, 0, 1]])
    dy, dx = rng.normal(size=(2, 4)), np.empty((2, 3))
    add_back(dy, sources, dx)
    np.testing.assert_array_equal(dx, np.stack([dy[:, 1] + dy[:, 2], dy[:, 3], dy[:, 0]], axis=1))
