"""RRPN's RoIDataLayer: images with turned boxes."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers.rotation.rlayer import turned_boxes, turned_image
from tests.python_layers.running import run_python

MEANS = np.array([102.9801, 115.9465, 122.7717])
BOXES = [[10.0, 8, 4, 12, 20], [20, 6, 9, 3, -10], [1, 1, 2, 2, 0]]


def data_layer(roidb=None, param="'num_classes': 3\n'scales': 20\n'max_size': 50", **more):
    run = run_python(
        "rotation.rlayer", "RoIDataLayer", tops=["data", "im_info", "gt_boxes"], param_str=param,
        **{"phase": "TEST", **more},
    )  # fmt: skip
    if roidb is not None:
        run.layer.set_roidb(roidb)
        run.forward()
    return run


def entry(image, **more):
    return {"image": image, "boxes": BOXES, "gt_classes": [2, 1, 0], **more}


def test_an_image_with_its_boxes():
    image = np.tile(np.uint8([10, 20, 30]), (10, 16, 1))
    data, info, boxes = (blob.data for blob in data_layer([entry(image)]).top)
    assert data.shape == (1, 3, 20, 32)
    np.testing.assert_allclose(data[0].mean(axis=(1, 2)), [10, 20, 30] - MEANS, rtol=1e-5)
    np.testing.assert_array_equal(info, [[20, 32, 2]])
    np.testing.assert_array_equal(boxes, [[20, 16, 8, 24, 20, 2], [40, 12, 18, 6, -10, 1]])


def test_flipped_images_have_the_boxes_of_after():
    image = np.arange(20 * 30 * 3, dtype=np.uint32).reshape(20, 30, 3).astype(np.uint8)
    plain, turned = (data_layer([entry(image, flipped=f)]) for f in (False, True))
    np.testing.assert_array_equal(plain.top[0].data[..., ::-1], turned.top[0].data)
    np.testing.assert_array_equal(plain.top[2].data, turned.top[2].data)


def test_a_turned_image_has_turned_boxes(rng):
    """A bar that a box covers is covered by the turned box, too."""
    image = np.zeros((80, 100, 3), np.uint8)
    image[20:30, 40:80] = 250
    box = np.array([[60.0, 25, 10, 40, 0]])
    for angle in (0, 30, 77, 120, 200, 315):
        turned, (after,) = turned_image(image, angle), turned_boxes(box, angle, (80, 100), 1)
        y, x = np.nonzero(turned[..., 0] > 200)
        assert len(x) > 250
        turn = np.radians(-after[4])
        along = (x - after[0]) * np.cos(turn) + (y - after[1]) * np.sin(turn)
        across = -(x - after[0]) * np.sin(turn) + (y - after[1]) * np.cos(turn)
        assert abs(along).max() <= 22
        assert abs(across).max() <= 7
        assert -45 < after[4] <= 135


def test_turning_is_exact_where_pixels_meet_pixels():
    image = np.arange(9 * 9 * 3).reshape(9, 9, 3).astype(np.uint8)
    np.testing.assert_array_equal(turned_image(image, 90), np.rot90(image))
    np.testing.assert_array_equal(turned_image(image, 0), image)


def test_sides_of_turned_boxes():
    boxes = turned_boxes(
        np.array([[50.0, 40, 30, 10, 20], [50, 40, 10, 30, 100]]), 60, (80, 100), 1.5
    )
    np.testing.assert_array_equal(boxes[:, 2:4], [[15, 45], [15, 45]])
    np.testing.assert_allclose(boxes[:, 4], [20 + 90 + 60 - 180, 100 + 60 - 180])
    np.testing.assert_array_equal(boxes[:, :2], [[50, 40]] * 2)


def test_rotated_images_come_at_many_angles(rng):
    image = rng.integers(0, 256, (20, 30, 3)).astype(np.uint8)
    run, seen = data_layer([entry(image, rotated=True)]), set()
    for _ in range(8):
        run.forward()
        seen.add(float(run.top[2].data[0, 4]))
        np.testing.assert_allclose(run.top[2].data[0, 2:4], [4 * 1.4, 12 * 1.4])
    assert len(seen) > 3


def test_the_place_in_the_round_is_restored():
    images = [entry(np.full((20, 30, 3), 10 * i, np.uint8)) for i in range(5)]
    run, again = data_layer(images), data_layer()
    again.layer.instance.set_state(run.layer.instance.get_state())
    again.layer.set_roidb(images)
    for _ in range(3):
        run.forward()
        again.forward()
        np.testing.assert_array_equal(run.top[0].data, again.top[0].data)
    with pytest.raises(LayerError, match="another layer"):
        run.layer.instance.set_state({"round": [0, 0], "at": 0})


def test_without_images():
    assert data_layer().top[2].shape == (1, 6)
    with pytest.raises(LayerError, match="set_roidb"):
        data_layer(phase="TRAIN")


IMAGE = np.zeros((10, 10, 3), np.uint8)


@pytest.mark.parametrize(
    ("roidb", "told"),
    [
        ([], "empty"),
        ([{"image": IMAGE}], "no 'boxes'"),
        ([{**entry(IMAGE), "gt_classes": [1]}], "reshape"),
        ([entry(np.zeros((10, 10)))], "image: ndarray"),
        ([{**entry(IMAGE), "boxes": [[1, 1, 0, 2, 0]] * 3}], "without height"),
        ([entry("no.jpg")], "no.jpg"),
    ],
)
def test_lists_that_are_no_roidb(roidb, told):
    with pytest.raises(LayerError, match=told):
        data_layer(roidb)
    with pytest.raises(LayerError, match="SCALES"):
        data_layer(param="'num_classes': 3\n'scales': 0")
