import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import TEST, TRAIN, LayerError
from blobnet.ops.images.interpolation import resize
from blobnet.proto import BlobProto, TransformationParameter
from blobnet.sources.transformer import DataTransformer

RATIOS = "scale_ratios: [1, 0.875, 0.75, 0.66]"


def transformer(options, phase=TRAIN):
    return DataTransformer(text_format.Parse(options, TransformationParameter()), phase)


def transform(options, images, phase=TRAIN, seed=0):
    return transformer(options, phase).transform(images, np.random.default_rng(seed))


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 30, 40), dtype=np.uint8)


def found_in(image, batch, places, sizes, size):
    """For each item of the batch the place and the size that it was cut and scaled from."""
    pieces = {}
    for height, width in sizes:
        for top, left in places(height, width):
            piece = np.ascontiguousarray(image[:, top : top + height, left : left + width])
            pieces[resize(piece, size, size, "linear").tobytes()] = (top, left, height, width)
    return [pieces[item.astype(np.uint8).tobytes()] for item in batch]


def anywhere(height, width):
    return [(top, left) for top in range(31 - height) for left in range(41 - width)]


def fixed(height, width):
    down, across = (30 - height) // 4, (40 - width) // 4
    corners = [(0, 0), (0, 4 * across), (4 * down, 0), (4 * down, 4 * across)]
    return [*corners, (2 * down, 2 * across)]


def more(height, width):
    down, across = (30 - height) // 4, (40 - width) // 4
    sides = [(0, 2), (4, 2), (2, 0), (2, 4)]
    quarters = [(1, 1), (1, 3), (3, 1), (3, 3)]
    return fixed(height, width) + [(down * i, across * j) for i, j in sides + quarters]


@pytest.mark.parametrize(
    ("options", "places", "number"),
    [("fix_crop: true", fixed, 5), ("fix_crop: true more_fix_crop: true", more, 13)],
)
def test_fixed_places_are_corners_centre_and_more(options, places, number, image):
    batch = transform(f"crop_size: 9 {options}", [image] * 400)
    found = found_in(image, batch, places, [(9, 9)], 9)
    assert len(set(found)) == number


@pytest.mark.parametrize(
    ("options", "sides", "most_apart"),
    [
        ("", [30, 26, 22, 20], 1),  # 0.66 * 30 = 19.8: within 3 of the crop of 20
        (f"{RATIOS} max_distort: 0", [30, 26, 22, 20], 0),
        ("scale_ratios: [1, 0.5] max_distort: 5", [30, 15], 5),
    ],
)
@pytest.mark.parametrize(("how", "places"), [("fix_crop: true", fixed), ("", anywhere)])
def test_sizes_are_parts_of_the_shorter_side(options, sides, most_apart, how, places, image):
    sides = [20 if abs(side - 20) < 3 else side for side in sides]
    numbers = range(len(sides))
    sizes = {(sides[h], sides[w]) for h in numbers for w in numbers if abs(h - w) <= most_apart}
    batch = transform(f"crop_size: 20 multi_scale: true {how} {options}", [image] * 400)
    found = found_in(image, batch, places, sizes, 20)
    assert {piece[2:] for piece in found} == sizes


def test_in_test_the_centre_is_cut(image):
    options = f"crop_size: 20 multi_scale: true fix_crop: true more_fix_crop: true {RATIOS}"
    np.testing.assert_array_equal(transform(options, [image], TEST), [image[:, 5:25, 10:30]])


def test_without_a_crop_nothing_is_moved(image):
    batch = transform("multi_scale: true fix_crop: true", [image])
    np.testing.assert_array_equal(batch, [image])


@pytest.mark.parametrize("crop", ["", "crop_size: 30"])
def test_a_flip_of_flow_turns_its_horizontal_part(crop, image):
    image = image[:, :, :30]
    batch = transform(f"is_flow: true mirror: true {crop} mean_value: 3 scale: 2", [image] * 20)
    turned = image[:, :, ::-1].astype(np.float32)
    turned[::2] = 255 - turned[::2]
    kinds = [(each.astype(np.float32) - 3) * 2 for each in (image, turned)]
    is_flipped = [bool((item == kinds[1]).all()) for item in batch]
    assert len(set(is_flipped)) == 2
    for item, flipped in zip(batch, is_flipped, strict=True):
        np.testing.assert_array_equal(item, kinds[flipped])


@pytest.mark.parametrize("scales", [True, False])
def test_a_mean_image_stays_in_its_corner_where_pieces_are_scaled(scales, image, tmp_path, rng):
    mean = rng.integers(256, size=(1, 3, 30, 40))
    proto = BlobProto(data=mean.ravel())
    proto.shape.dim.extend(mean.shape)
    (tmp_path / "mean").write_bytes(proto.SerializeToString())
    options = f'crop_size: 20 fix_crop: true mean_file: "{(tmp_path / "mean").as_posix()}"'
    options += " multi_scale: true scale_ratios: 0.66" * scales
    batch = transform(options, [image] * 50)
    for item in batch:
        expected = []
        for top, left in fixed(20, 20):
            rows, columns = (0, 0) if scales else (top, left)
            part = mean[0, :, rows : rows + 20, columns : columns + 20]
            expected.append(image[:, top : top + 20, left : left + 20] - part)
        assert any((item == each).all() for each in expected)


def test_floats_are_scaled_too(rng):
    image = rng.normal(size=(1, 8, 8)).astype(np.float32)
    batch = transform("crop_size: 2 multi_scale: true fix_crop: true scale_ratios: 1", [image])
    middles = [(1, 2), (5, 6)]  # the two rows around each new one's centre, 1.5 and 5.5
    expected = [[image[0][np.ix_(rows, columns)].mean() for columns in middles] for rows in middles]
    np.testing.assert_allclose(batch[0, 0], expected, rtol=1e-5)


class TestOriginalImages:
    OPTIONS = "crop_size: 12 original_image: true"

    def test_in_test_the_inner_seven_eighths_are_scaled(self, image):
        batch = transform(self.OPTIONS, [image], TEST)
        inner = np.ascontiguousarray(image[:, 2:23, 2:37])  # 30 // 14, 30 // 8 * 7
        np.testing.assert_array_equal(batch, [resize(inner, 12, 12, "cubic")])

    def test_images_may_be_smaller_than_the_crop(self, image):
        for phase in (TRAIN, TEST):
            assert transform(self.OPTIONS, [image[:, :9, :10]], phase).shape == (1, 3, 12, 12)

    def test_in_train_pieces_are_drawn(self):
        rows, columns = np.mgrid[:200, :200]
        ramp = np.stack([rows, columns]).astype(np.uint8)
        batch = transform(self.OPTIONS, [ramp] * 300)
        heights = (batch[:, 0, -1, 0] - batch[:, 0, 0, 0]) * 12 / 11
        widths = (batch[:, 1, 0, -1] - batch[:, 1, 0, 0]) * 12 / 11
        areas, aspects = heights * widths / 40000, widths / heights
        assert 0.57 < areas.min() < 0.65
        assert 0.9 < areas.max() < 1.03
        assert 0.77 < aspects.min() < 0.85
        assert 1.18 < aspects.max() < 1.3
        assert batch[:, 0, 0, 0].min() < 10  # the middle of the first of twelve parts
        assert np.ptp(batch[:, 0, 0, 0]) > 30

    def test_an_image_that_has_no_inner_part_is_refused(self):
        with pytest.raises(LayerError, match="too small to be cut"):
            transform(self.OPTIONS, [np.zeros((1, 7, 30), np.uint8)], TEST)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("original_image: true", "crop size must be specified"),
        ("crop_size: 2 multi_scale: true scale_ratios: 1.5", "are parts of the image"),
        ("crop_size: 2 fix_crop: true center_crop: true", "of another fork"),
        ("stride: 2", "for SegData alone"),
    ],
)
def test_settings_that_make_no_sense(options, message):
    with pytest.raises(LayerError, match=message):
        transformer(options)


def test_no_size_may_be_left(image):
    with pytest.raises(LayerError, match="no size is left"):
        transform("crop_size: 20 multi_scale: true max_distort: -1", [image])
    with pytest.raises(LayerError, match="smaller than the crop"):
        transform("crop_size: 31 fix_crop: true", [image])


def test_layers_with_boxes_refuse_them():
    param = text_format.Parse("fix_crop: true", TransformationParameter())
    with pytest.raises(LayerError, match="without boxes"):
        DataTransformer(param, TRAIN, with_boxes=True)
