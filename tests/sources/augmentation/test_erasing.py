import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import TRAIN, DataError, LayerError
from blobnet.proto import TransformationParameter
from blobnet.sources.transformer import DataTransformer


def transform(options, images, seed=0):
    param = text_format.Parse(options, TransformationParameter())
    return DataTransformer(param, TRAIN).transform(images, np.random.default_rng(seed))


@pytest.fixture
def images():
    return [np.full((3, 40, 60), 255, np.uint8) for _ in range(200)]


def test_boxes_have_the_sizes_of_the_ranges(images):
    options = "erase_ratio: 0.5 scale_min: 0.1 scale_max: 0.3 aspect_min: 0.5 aspect_max: 2"
    batch = transform(options, images)
    heights, widths = [], []
    for item in batch[(batch < 255).any((1, 2, 3))]:
        rows, columns = np.nonzero((item < 255).all(0))
        heights.append(np.ptp(rows) + 1)
        widths.append(np.ptp(columns) + 1)
        box = item[:, rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert (box < 255).all()
        assert (item < 255).sum() == box.size
    assert 70 < len(widths) < 130
    assert 6 <= min(widths) < 8
    assert 15 < max(widths) <= 17
    assert max(heights) > 20


def test_a_box_lies_in_the_crop(images):
    batch = transform("crop_h: 8 crop_w: 10 center_crop: true erase_ratio: 1", images)
    assert ((batch < 255).sum((1, 2, 3)) < 240).all()
    assert (batch < 255).any((1, 2, 3)).mean() > 0.5
    assert all((image == 255).all() for image in images)


def test_a_crop_of_the_centre_in_train(rng):
    image = rng.integers(256, size=(1, 7, 9), dtype=np.uint8)
    batch = transform("crop_size: 3 center_crop: true", [image] * 3)
    np.testing.assert_array_equal(batch, [image[:, 2:5, 3:6]] * 3)


def test_red_comes_first_where_that_is_wanted(rng):
    image = rng.integers(256, size=(3, 4, 5), dtype=np.uint8)
    batch = transform("cvt_bgr2rgb: true mean_value: 1 mean_value: 2 mean_value: 3", [image])
    np.testing.assert_array_equal(batch[0], image[::-1] - np.float32([1, 2, 3])[:, None, None])
    with pytest.raises(DataError, match="for colours"):
        transform("cvt_bgr2rgb: true", [image[:1]])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("erase_ratio: 1 scale_min: 0.5 scale_max: 0.2", "no range"),
        ("erase_ratio: 1 scale_min: 2 scale_max: 3", "no box to erase"),
        ("crop_size: 3 crop_h: 4", "forks differ"),
    ],
)
def test_what_makes_no_sense_is_refused(options, words, images):
    with pytest.raises(LayerError, match=words):
        transform(options, images[:1])
