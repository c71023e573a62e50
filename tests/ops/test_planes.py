import numpy as np
import pytest

from blobnet.ops.planes import as_planes


@pytest.mark.parametrize(
    ("axis", "shape", "expected"),
    [(1, (3,), (2, 3, 20)), (1, (3, 4), (2, 12, 5)), (0, (), (1, 1, 120)), (3, (5,), (24, 5, 1))],
)
def test_channels_are_the_axes_of_the_smaller_array(axis, shape, expected):
    x = np.zeros((2, 3, 4, 5))
    planes = as_planes(x, axis, shape)
    assert planes.shape == expected
    planes[...] = 1
    assert x.all(), "it is a view"
