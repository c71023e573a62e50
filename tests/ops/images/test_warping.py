import numpy as np

from blobnet.ops.images.warping import warp_affine

MATRIX = np.array([[0.99, -0.13, 3.3], [0.13, 0.99, -0.7]])


def test_a_turned_image_is_opencvs_within_its_edges(opencv):
    image = (opencv["image"] / 255).astype(np.float32)
    made = warp_affine(image, MATRIX, 26, 20)
    inside = made.any(0)
    assert inside.sum() > 250
    np.testing.assert_allclose(made[:, inside], opencv["floats_warped"][:, inside], atol=1e-5)


def test_whole_steps_move_pixels():
    image = np.arange(20, dtype=np.float32).reshape(1, 4, 5)
    made = warp_affine(image, np.array([[1, 0, 2], [0, 1, 1.0]]), 6, 8)
    np.testing.assert_array_equal(made[0, 1:4, 2:6], image[0, :3, :4])  # not the last of each
    assert made.sum() == image[0, :3, :4].sum()
