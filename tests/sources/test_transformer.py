import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import TEST, TRAIN, DataError, LayerError
from blobnet.proto import BlobProto, TransformationParameter
from blobnet.sources.transformer import DataTransformer


def transformer(options, phase=TRAIN, dtype=np.float32):
    return DataTransformer(text_format.Parse(options, TransformationParameter()), phase, dtype)


def transform(options, images, phase=TRAIN, seed=0, dtype=np.float32):
    return transformer(options, phase, dtype).transform(images, np.random.default_rng(seed))


@pytest.fixture
def images(rng):
    return list(rng.integers(256, size=(40, 3, 6, 8), dtype=np.uint8))


@pytest.fixture
def mean_file(tmp_path, rng):
    """The file, and the mean that is in it."""
    mean = rng.normal(100, 30, size=(3, 6, 8)).astype(np.float32)
    proto = BlobProto(num=1, channels=3, height=6, width=8, data=mean.ravel().tolist())
    (tmp_path / "mean.binaryproto").write_bytes(proto.SerializeToString())
    return (tmp_path / "mean.binaryproto").as_posix(), mean


def test_without_settings_only_the_type_changes(images):
    batch = transform("", images)
    assert batch.dtype == np.float32
    np.testing.assert_array_equal(batch, images)


def test_the_mean_goes_before_the_scale(images):
    batch = transform("mean_value: 100 scale: 0.5", images)
    np.testing.assert_array_equal(batch, (np.float32(images) - 100) * 0.5)


def test_a_mean_value_for_each_channel(images):
    batch = transform("mean_value: 1 mean_value: 20 mean_value: 300", images)
    expected = np.float32(images) - np.float32([1, 20, 300])[:, None, None]
    np.testing.assert_array_equal(batch, expected)


def test_the_net_decides_the_precision(images):
    batch = transform("scale: 0.1 mean_value: 0.1", images, dtype=np.float64)
    assert batch.dtype == np.float64
    expected = (np.float64(images) - float(np.float32(0.1))) * float(np.float32(0.1))
    np.testing.assert_array_equal(batch, expected)


def test_floats_are_transformed_like_bytes(images):
    floats = [image.astype(np.float32) for image in images]
    options = "crop_size: 4 mirror: true scale: 0.3 mean_value: 33"
    np.testing.assert_array_equal(transform(options, floats), transform(options, images))


def test_in_test_the_crop_is_the_centre(images):
    batch = transform("crop_size: 5", images, TEST)
    np.testing.assert_array_equal(batch, np.array(images)[:, :, 0:5, 1:6])


def windows(image, side):
    """Every window with its place, as is and flipped."""
    for top in range(image.shape[1] - side + 1):
        for left in range(image.shape[2] - side + 1):
            window = image[:, top : top + side, left : left + side]
            yield (top, left, False), window
            yield (top, left, True), window[:, :, ::-1]


def place(item, image, side):
    return next(place for place, window in windows(image, side) if np.array_equal(item, window))


def test_in_train_every_window_comes_up_flipped_or_not(images):
    images = images * 10
    batch = transform("crop_size: 4 mirror: true", images)
    places = [place(*pair, 4) for pair in zip(batch, images, strict=True)]
    assert set(places) == {(t, left, flip) for t in range(3) for left in range(5)
                           for flip in (False, True)}  # fmt: skip


def test_the_numbers_are_drawn_by_record_mirror_row_column(images):
    batch = transform("crop_size: 4 mirror: true", images, seed=5)
    drawn = np.random.default_rng(5).integers([[2, 3, 5]] * len(images))
    for item, image, (flip, top, left) in zip(batch, images, drawn, strict=True):
        assert place(item, image, 4) == (top, left, bool(flip))


@pytest.mark.parametrize("options", ["", "scale: 2", "crop_size: 4"])
def test_nothing_is_drawn_where_nothing_is_random(options, images):
    rng = np.random.default_rng(0)
    transformer(options, TEST).transform(images, rng)
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_mirror_flips_about_half_in_both_phases(phase, images):
    batch = transform("mirror: true", images, phase)
    flipped = [np.array_equal(item, image[:, :, ::-1])
               for item, image in zip(batch, images, strict=True)]  # fmt: skip
    assert 10 < sum(flipped) < 30
    for item, image, flip in zip(batch, images, flipped, strict=True):
        assert flip or np.array_equal(item, image)


@pytest.mark.parametrize("dtype", ["u1", "f4"])
def test_a_flow_that_is_flipped_points_the_other_way(images, dtype):
    """Its third channel, in pictures where 127.5 is no motion."""
    pictures = [image.astype(dtype) for image in images]
    before = [picture.copy() for picture in pictures]
    batch = transform("mirror: true flow: true mean_value: 100 scale: 0.5", pictures)
    plain = transform("mirror: true", images)
    flips = 0
    for image, found, known in zip(images, batch, plain, strict=True):
        expected = image.astype("f4")
        if np.array_equal(known, image[..., ::-1]):
            flips += 1
            expected = expected[..., ::-1].copy()
            expected[2] = 255 - expected[2]
        np.testing.assert_array_equal(found, (expected - 100) * 0.5)
    assert 0 < flips < len(images)
    np.testing.assert_array_equal(pictures, before)


def test_gray_flows_have_no_third_channel(images):
    gray = [image[:1] for image in images]
    with_flow = transform("mirror: true flow: true", gray)
    np.testing.assert_array_equal(with_flow, transform("mirror: true", gray))


def test_crops_of_several_sizes_have_is_flow():
    with pytest.raises(LayerError, match="`flow` of transform_param has no effect here"):
        transformer("flow: true multi_scale: true crop_size: 4 scale_ratios: 1")


def test_red_comes_first_in_images_of_files_alone():
    with pytest.raises(LayerError, match=r"`bgr2rgb` .*for ImageData alone"):
        transformer("bgr2rgb: true")


@pytest.mark.parametrize("options", ["", "crop_size: 4 mirror: true", "mirror: true scale: 0.5"])
@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_the_mean_file_stays_with_its_pixels(options, phase, images, mean_file):
    path, mean = mean_file
    batch = transform(f'{options} mean_file: "{path}"', images, phase, seed=3)
    centred = [image - mean for image in images]
    np.testing.assert_array_equal(batch, transform(options, centred, phase, seed=3))


def test_records_of_any_size_can_be_cropped(rng):
    images = [rng.integers(256, size=(1, 5 + i, 9 - i), dtype=np.uint8) for i in range(4)]
    batch = transform("crop_size: 5", images)
    for item, image in zip(batch, images, strict=True):
        place(item, image, 5)


def test_the_output_shape():
    assert transformer("").output_shape((3, 6, 8)) == (3, 6, 8)
    assert transformer("crop_size: 5").output_shape((3, 6, 8)) == (3, 5, 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('mean_file: "x" mean_value: 3', "Cannot specify mean_file and mean_value"),
        ("force_color: true force_gray: true", "cannot set both force_color and force_gray"),
    ],
)
def test_settings_that_contradict_each_other(options, message):
    with pytest.raises(LayerError, match=message):
        transformer(options)


def test_settings_that_do_not_fit_the_records(mean_file):
    with pytest.raises(LayerError, match=r"smaller than the crop\n.*at least 7 .*\n.*6 x 8"):
        transformer("crop_size: 7").output_shape((3, 6, 8))
    with pytest.raises(LayerError, match=r"1 mean_value or as many as channels\n.*1 or 3"):
        transformer("mean_value: 1 mean_value: 2").output_shape((3, 6, 8))
    with pytest.raises(LayerError, match=r"(?s)mean file does not fit.*\(3, 6, 9\).*\(3, 6, 8\)"):
        transformer(f'mean_file: "{mean_file[0]}"').output_shape((3, 6, 9))


@pytest.mark.parametrize("setting", ["scale", "mean_value"])
@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "1e39"])
def test_settings_that_are_no_numbers(setting, value):
    with pytest.raises(
        LayerError, match=rf"(?s){setting} of transform_param must be a number.*inf|nan"
    ):
        transformer(f"{setting}: {value}")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("options", ["", "crop_size: 2", "mirror: true mean_value: 1e38"])
def test_what_is_too_large_is_infinite_without_a_warning(options):
    batch = transformer(f"scale: 3e38 {options}").transform(
        [np.full((1, 2, 2), 200, np.uint8)], np.random.default_rng(0)
    )
    assert np.isinf(batch).all()


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_mean_file_with_what_is_no_number(value, tmp_path):
    file = tmp_path / "mean.binaryproto"
    proto = BlobProto(num=1, channels=1, height=1, width=2, data=[1, value])
    file.write_bytes(proto.SerializeToString())
    with pytest.raises(DataError, match=r"(?s)mean_file .*mean.binaryproto: holds.*no numbers"):
        transformer(f'mean_file: "{file.as_posix()}"')


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"cannot be read\n.*\n.*current folder"),
        (b"\xff\xff\xff", "not a blob that can be read"),
        (BlobProto(num=1, channels=3, height=2, width=2, data=[1]), "does not hold the numbers"),
        (BlobProto(num=2, channels=1, height=1, width=1, data=[1, 2]), "not one image"),
        (BlobProto(), "an empty file"),
    ],
)
def test_a_mean_file_that_is_none(content, message, tmp_path):
    file = tmp_path / "mean.binaryproto"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.SerializeToString())
    with pytest.raises(DataError, match=message):
        transformer(f'mean_file: "{file.as_posix()}"')
