from pathlib import Path

import numpy as np
import pytest

from blobnet.ops.images.resize_floats import resize_floats
from blobnet.python_layers.roi_data_layer._images import batch_of, scale_for, scaled

RECORDED = Path(__file__).parents[2] / "reference/opencv/python_layers.npz"
MEANS = (102.9801, 115.9465, 122.7717)


@pytest.mark.parametrize("scale", [1.37, 0.61, 0.5, 2.0, 1.0])
def test_scaled_images_are_opencvs(scale):
    with np.load(RECORDED) as recorded:
        made = scaled(recorded["image"], MEANS, scale)
        wanted = recorded[f"scaled_{scale}"]
    assert made.shape == wanted.shape
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, wanted, atol=1e-4)


def test_a_size_may_be_stated_as_well():
    image = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    made = resize_floats(image, 1, 4)
    np.testing.assert_allclose(made[0, :, 0], [0, 0.75, 2.25, 3])


def test_the_shorter_side_is_as_wanted_unless_the_longer_is_too_long():
    assert scale_for(300, 400, 600, 1000) == 2
    assert scale_for(400, 300, 600, 1000) == 2
    assert scale_for(100, 400, 600, 1000) == 2.5
    assert scaled(np.zeros((1, 5000, 3), np.uint8), MEANS, 0.1).shape == (1, 500, 3)


def test_smaller_images_of_a_batch_have_zeros_around():
    batch = batch_of([np.ones((2, 3, 3)), np.full((4, 1, 3), 2.0)])
    assert batch.shape == (2, 3, 4, 3)
    np.testing.assert_array_equal(batch[0, 1], [[1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(batch[1, 2], [[2, 0, 0]] * 4)


def test_a_pyramid_needs_sides_that_are_multiples_of_its_stride():
    batch = batch_of([np.ones((2, 3, 3)), np.full((4, 9, 3), 2.0)], stride=8)
    assert batch.shape == (2, 3, 8, 16)
    assert (batch[0].sum(), batch[1].sum()) == (18, 216)
    assert batch[1, 0, :4, :9].min() == 2
