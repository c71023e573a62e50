from __future__ import annotations

import numpy as np
import pytest

from blobnet.errors import MissingExtraError
from blobnet.pycaffe.detector import Detector
from blobnet.pycaffe.io import load_image, resize_image
from tests.pycaffe.images_net import SIDE, scores, write_net

Image = pytest.importorskip("PIL.Image")

MEAN = np.array([10.0, 20.0, 30.0])
SETTINGS = {"mean": MEAN, "raw_scale": 255, "channel_swap": [2, 1, 0]}


@pytest.fixture
def files(tmp_path):
    return write_net(tmp_path)


@pytest.fixture
def paths(tmp_path, rng):
    made = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in made:
        Image.fromarray(rng.integers(0, 256, (20, 30, 3), np.uint8)).save(path)
    return [str(path) for path in made]


def test_windows_are_warped_to_the_input(files, paths):
    windows = [[0, 0, 20, 30], [3, 4, 11, 12], [5, 1, 6, 29], [1, 1, 19, 3], [2, 2, 9, 9]]
    given = iter([(paths[0], windows), (paths[1], np.array(windows[:2]))])
    detections = Detector(*files, **SETTINGS).detect_windows(given)
    assert [found["filename"] for found in detections] == [paths[0]] * 5 + [paths[1]] * 2
    for number, found in enumerate(detections):
        ymin, xmin, ymax, xmax = window = windows[number % 5]
        assert list(found["window"]) == window
        cut = load_image(found["filename"])[ymin:ymax, xmin:xmax]
        if cut.shape[:2] != (SIDE, SIDE):
            cut = resize_image(cut, (SIDE, SIDE))
        expected = scores(*files, (cut[:, :, ::-1] * 255 - MEAN).transpose(2, 0, 1))
        np.testing.assert_allclose(found["prediction"], expected, rtol=1e-4)


def test_no_windows_no_detections(files, paths):
    assert Detector(*files).detect_windows([]) == []
    assert Detector(*files).detect_windows([(paths[0], [])]) == []


def test_context_within_the_image_is_a_larger_crop(files, rng):
    """8 pixels with 2 of context: the window, 4 pixels, is half of what is shown."""
    detector = Detector(*files, context_pad=2, **SETTINGS)
    image = rng.random((40, 40, 3)).astype(np.float32)
    crop = detector.crop(image, [10, 20, 19, 29])  # 10 pixels with both ends: 20 around 15, 25
    # from 5 to 25, which are 21 with both ends: 20 of them fill 8 pixels
    np.testing.assert_array_equal(crop, resize_image(image[5:25, 15:35], (8, 8)))


def test_beyond_the_image_there_is_the_mean_as_images_have_it(files, rng):
    detector = Detector(*files, context_pad=2, **SETTINGS)
    image = rng.random((40, 40, 3)).astype(np.float32)
    crop = detector.crop(image, np.array([0, 20, 9, 29]))  # from -5 to 15: 5 * 8 / 21 = 1.9 rows
    mean = MEAN[::-1] / 255
    np.testing.assert_allclose(crop[:2], np.broadcast_to(mean, (2, 8, 3)), rtol=1e-6)
    np.testing.assert_array_equal(
        crop[2:].astype(np.float32), resize_image(image[0:15, 15:35], (6, 8))
    )


def test_without_a_mean_there_is_0(files, rng):
    detector = Detector(*files, context_pad=2)
    crop = detector.crop(rng.random((40, 40, 3)), [0, 20, 9, 29])
    np.testing.assert_array_equal(crop[:2], 0)
    assert crop[2:].all()


def test_a_mean_image_is_padded_with(files, rng):
    mean = rng.uniform(0, 255, (3, SIDE, SIDE))
    detector = Detector(*files, mean=mean, raw_scale=255, channel_swap=(1, 2, 0), context_pad=2)
    crop = detector.crop(rng.random((40, 40, 3)), [0, 20, 9, 29])
    for channel in range(3):  # (1, 2, 0): input channel 0 is image channel 1
        of_input = (1, 2, 0).index(channel)
        np.testing.assert_allclose(crop[:2, :, channel], mean[of_input, :2] / 255, rtol=1e-6)


@pytest.mark.parametrize("pad", [None, 2])
@pytest.mark.parametrize("window", [[50, 50, 60, 60], [-30, 0, -20, 9]])
def test_windows_without_pixels_are_refused(window, pad, files):
    with pytest.raises(ValueError, match="has no pixels in an image of 20 x 30"):
        Detector(*files, context_pad=pad).crop(np.ones((20, 30, 3)), window)


@pytest.mark.parametrize("pad", [4, -1])
def test_context_that_leaves_no_room_is_refused(pad, files):
    with pytest.raises(ValueError, match="no room for the window"):
        Detector(*files, context_pad=pad)


def test_selective_search_says_what_it_needs(files, paths):
    with pytest.raises(MissingExtraError, match="MATLAB"):
        Detector(*files).detect_selective_search(paths)


def test_selective_search_is_used_where_it_is(files, paths, monkeypatch):
    class Search:
        @staticmethod
        def get_windows(names, cmd):
            return [np.array([[0, 0, 9, 9]]) for _ in names]

    monkeypatch.setitem(__import__("sys").modules, "selective_search_ijcv_with_python", Search)
    detections = Detector(*files).detect_selective_search(paths)
    assert [found["filename"] for found in detections] == paths
