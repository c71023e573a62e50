import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import DataError, LayerError
from blobnet.proto import ResizeParameter
from blobnet.sources.augmentation.resizing import Resizing

PAD = "height: 12 width: 10 resize_mode: FIT_LARGE_SIZE_AND_PAD interp_mode: NEAREST"


def resizing(options):
    return Resizing(text_format.Parse(options, ResizeParameter()))


def resized(options, image, seed=0):
    return resizing(options).apply(image, np.random.default_rng(seed))


@pytest.fixture
def image(rng):
    return rng.integers(1, 256, size=(3, 8, 20), dtype=np.uint8)


def test_warp_gives_the_size(image):
    assert resized("height: 12 width: 10", image).shape == (3, 12, 10)


def test_the_image_lies_in_the_middle_of_its_padding(image):
    made = resized(f"{PAD} pad_value: 7 pad_value: 8 pad_value: 300", image)
    assert made.shape == (3, 12, 10)
    np.testing.assert_array_equal(made[:, 4:8], image[:, ::2, ::2])
    np.testing.assert_array_equal(made[:, 3, 0], [7, 8, 255])
    np.testing.assert_array_equal(made[:, 8, 9], [7, 8, 255])


def test_padding_is_mirrored_or_repeated(image):
    inner = resized(PAD, image)[:, 4:8]
    mirrored = resized(f"{PAD} pad_mode: MIRRORED", image)
    np.testing.assert_array_equal(mirrored[:, 3], inner[:, 1])
    np.testing.assert_array_equal(mirrored[:, 8], inner[:, 2])
    repeated = resized(f"{PAD} pad_mode: REPEAT_NEAREST", image)
    np.testing.assert_array_equal(repeated[:, 0], inner[:, 0])
    np.testing.assert_array_equal(repeated[:, 11], inner[:, 3])


@pytest.mark.parametrize(("rows", "columns"), [(8, 20), (20, 8), (9, 9)])
def test_the_smaller_side_fits(rows, columns, rng):
    image = rng.integers(256, size=(1, rows, columns), dtype=np.uint8)
    change = resizing("height: 6 width: 6 resize_mode: FIT_SMALL_SIZE")
    made = change.apply(image, rng)
    assert made.shape[1:] == change.size_of(rows, columns)
    assert min(made.shape[1:]) == 6
    assert max(made.shape[1:]) == 6 * max(rows, columns) // min(rows, columns)


@pytest.mark.parametrize("mode", ["WARP", "FIT_SMALL_SIZE", "FIT_LARGE_SIZE_AND_PAD"])
@pytest.mark.parametrize(("rows", "columns"), [(40, 100), (100, 40)])
def test_boxes_lie_around_what_they_held(mode, rows, columns):
    image = np.zeros((1, rows, columns), np.uint8)
    top, left, bottom, right = rows // 4, columns // 2, rows // 2, columns * 3 // 4
    image[:, top:bottom, left:right] = 255
    options = f"height: 80 width: 80 interp_mode: NEAREST resize_mode: {mode}"
    made = resized(options, image)[0]
    boxes = np.float32([[left / columns, top / rows, right / columns, bottom / rows]])
    moved = resizing(options).moved(boxes, rows, columns)[0] * [
        *made.shape[::-1],
        *made.shape[::-1],
    ]
    bright = np.argwhere(made)
    np.testing.assert_allclose(bright.min(0), moved[[1, 0]], atol=1)
    np.testing.assert_allclose(bright.max(0) + 1, moved[[3, 2]], atol=1)


def test_boxes_in_shares_of_another_size():
    options = "height: 10 width: 10 resize_mode: FIT_SMALL_SIZE height_scale: 5 width_scale: 4"
    whole = np.float32([0, 0, 1, 1])
    made = resizing(options).extrapolated(np.float32([[0.1, 0.2, 0.5, 0.8]]), 20, 40, whole)
    np.testing.assert_allclose(made, [[0.5, 0.4, 2.5, 1.6]], rtol=1e-6)
    with pytest.raises(DataError, match="smaller than height_scale"):
        resizing(options).extrapolated(whole[None], 20, 40, np.float32([0, 0, 0.1, 0.1]))


def test_every_way_comes_up(image):
    options = "height: 12 width: 10 interp_mode: LINEAR interp_mode: NEAREST interp_mode: LANCZOS4"
    assert len({resized(options, image, seed).tobytes() for seed in range(20)}) == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("height: 3", "no size"),
        ("height: 3 width: 3 max_angle: 3", "max_angle"),
    ],
)
def test_settings_without_a_sense_are_refused(options, words):
    with pytest.raises(LayerError, match=words):
        resizing(options)


def test_what_cannot_be_resized_is_told(image):
    with pytest.raises(DataError, match="bytes"):
        resized("height: 3 width: 3", image.astype(np.float32))
    with pytest.raises(DataError, match="nothing would be left"):
        resized(PAD, np.zeros((1, 1, 100), np.uint8))
    with pytest.raises(DataError, match="too much memory"):
        resized("height: 4000000000 width: 4000000000", image)
    with pytest.raises(LayerError, match="1 pad_value"):
        resized(f"{PAD} pad_value: 1 pad_value: 2", image)
