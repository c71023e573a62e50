import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SHAPES = [((2, 3), (2, 3)), ((2, 3, 4), (3, 1)), ((4,), (2, 1, 4)), ((2, 3), ())]


def at(x, place):
    """The value of a blob that is repeated along the axes it has not."""
    own = place[len(place) - x.ndim :]
    return x[tuple(min(i, n - 1) for i, n in zip(own, x.shape, strict=True))]


@pytest.mark.parametrize("shapes", SHAPES)
def test_blobs_of_different_shapes(shapes, rng):
    a, b = (rng.normal(size=shape) for shape in shapes)
    run = run_layer('name: "a" type: "Add"', a, b)
    expected = np.empty(run.top[0].shape)
    for place in np.ndindex(expected.shape):
        expected[place] = at(a, place) + at(b, place)
    np.testing.assert_array_equal(run.top[0].data, expected)


def test_shapes_that_do_not_fit():
    with pytest.raises(LayerError, match="equal or 1"):
        run_layer('name: "a" type: "Add"', np.zeros((2, 3)), np.zeros((2, 4)))
