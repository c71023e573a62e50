import math

import numpy as np
import pytest

from blobnet import Blob, DataError, LayerError
from blobnet.ops.images.resize import resize_linear
from blobnet.proto import TransformationParameter, WindowDataParameter
from blobnet.serialization.blob_proto import blob_to_proto
from blobnet.sources.window_file import WindowRow
from blobnet.sources.window_transformer import WindowTransformer

ROWS, COLUMNS = 30, 40
INSIDE = [(3, 5, 20, 12), (0, 0, 39, 29), (7, 7, 7, 7), (10, 2, 14, 25)]
AT_EDGES = [
    (0, 3, 10, 8),
    (30, 20, 39, 29),
    (0, 0, 39, 29),
    (-6, -9, 12, 14),
    (35, 25, 60, 44),
    (39, 0, 39, 3),
]


@pytest.fixture
def image(rng):
    return rng.integers(1, 256, size=(3, ROWS, COLUMNS), dtype=np.uint8)


def make(crop_size, dtype=np.float32, context_pad=0, crop_mode="warp", scale=1, **transform):
    return WindowTransformer(
        WindowDataParameter(context_pad=context_pad, crop_mode=crop_mode, scale=scale),
        TransformationParameter(crop_size=crop_size, **transform),
        dtype,
    )


def result(transformer, image, box, flip=False):
    out = np.full(transformer.shape, np.nan, transformer.dtype)
    transformer.write(image, WindowRow(0, 1, 1, *box), flip, out)
    return out


def nearest(value):
    """C's round."""
    return math.floor(value + 0.5) if value >= 0 else -math.floor(-value + 0.5)


def expected(image, box, crop, pad, square, flip, real, mean=None, scale=1.0):
    """One window after the other, one pixel after the other."""
    x1, y1, x2, y2 = box
    result = np.zeros((3, crop, crop), real)
    pad_w = pad_h = 0
    new_width = new_height = crop
    if pad > 0 or square:
        larger = real(crop) / real(crop - 2 * pad)
        half_height, half_width = real((y2 - y1 + 1) / 2), real((x2 - x1 + 1) / 2)
        center_x, center_y = real(x1) + half_width, real(y1) + half_height
        if square and half_height > half_width:
            half_width = half_height
        elif square:
            half_height = half_width
        x1, x2 = nearest(center_x - half_width * larger), nearest(center_x + half_width * larger)
        y1, y2 = nearest(center_y - half_height * larger), nearest(center_y + half_height * larger)
        scale_x, scale_y = real(crop) / real(x2 - x1 + 1), real(crop) / real(y2 - y1 + 1)
        left, right = max(0, -x1), max(0, x2 - COLUMNS + 1)
        above, below = max(0, -y1), max(0, y2 - ROWS + 1)
        x1, x2, y1, y2 = x1 + left, x2 - right, y1 + above, y2 - below
        new_width = nearest(real(x2 - x1 + 1) * scale_x)
        new_height = nearest(real(y2 - y1 + 1) * scale_y)
        pad_h = nearest(real(above) * scale_y)
        pad_w = nearest(real(right if flip else left) * scale_x)
        new_height = min(new_height, crop - pad_h)
        new_width = min(new_width, crop - pad_w)
    pixels = resize_linear(image[:, y1 : y2 + 1, x1 : x2 + 1], new_height, new_width)
    for c in range(3):
        for h in range(new_height):
            for w in range(new_width):
                pixel = real(pixels[c, h, new_width - 1 - w if flip else w])
                if mean is not None:
                    pixel -= mean[c, h + pad_h, w + pad_w]
                result[c, h + pad_h, w + pad_w] = pixel * real(scale)
    return result


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("box", INSIDE)
def test_a_window_is_cut_out_and_resized(box, flip, dtype, image):
    actual = result(make(9, dtype), image, box, flip)
    np.testing.assert_array_equal(actual, expected(image, box, 9, 0, False, flip, dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    ("context_pad", "crop_mode"), [(3, "warp"), (8, "warp"), (0, "square"), (5, "square")]
)
@pytest.mark.parametrize("box", INSIDE + AT_EDGES)
def test_surroundings_and_squares(box, context_pad, crop_mode, flip, dtype, image):
    actual = result(make(21, dtype, context_pad, crop_mode), image, box, flip)
    square = crop_mode == "square"
    np.testing.assert_array_equal(
        actual, expected(image, box, 21, context_pad, square, flip, dtype)
    )


def test_random_windows(image, rng):
    for _ in range(300):
        x, y = np.sort(rng.integers(COLUMNS, size=2)), np.sort(rng.integers(ROWS, size=2))
        box = (int(x[0]), int(y[0]), int(x[1]), int(y[1]))
        pad, square, flip = int(rng.integers(10)), bool(rng.integers(2)), bool(rng.integers(2))
        actual = result(make(23, np.float32, pad, "square" if square else "warp"), image, box, flip)
        np.testing.assert_array_equal(
            actual, expected(image, box, 23, pad, square, flip, np.float32)
        )


def test_what_lies_outside_is_zero_on_the_side_where_it_lies(image):
    transformer = make(16, context_pad=4, mean_value=[300])
    left = result(transformer, image, (0, 10, 15, 17))
    assert not left[:, :, :3].any()
    assert (left[:, :, 6:] < 0).all()
    np.testing.assert_array_equal(result(transformer, image, (0, 10, 15, 17), True)[:, :, -3:], 0)


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("box", AT_EDGES)
def test_the_mean_values_go_off_before_the_scale(box, flip, image):
    values = np.array([10, 20.5, -30])
    transformer = make(15, np.float64, 3, scale=0.5, mean_value=values)
    mean = np.broadcast_to(values[:, None, None], (3, 15, 15))
    np.testing.assert_array_equal(
        result(transformer, image, box, flip),
        expected(image, box, 15, 3, False, flip, np.float64, mean, 0.5),
    )


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("box", AT_EDGES)
def test_the_centre_of_the_mean_file_goes_off(box, flip, image, rng, tmp_path):
    blob = Blob((1, 3, 20, 20))
    blob.data[...] = rng.normal(size=blob.shape) * 100
    (tmp_path / "mean").write_bytes(blob_to_proto(blob).SerializeToString())
    transformer = make(15, np.float64, 3, scale=2, mean_file=str(tmp_path / "mean"))
    mean = blob.data[0, :, 2:17, 2:17].astype(np.float64)
    np.testing.assert_array_equal(
        result(transformer, image, box, flip),
        expected(image, box, 15, 3, False, flip, np.float64, mean, 2),
    )


def test_one_mean_value_is_for_all_channels(image):
    actual = result(make(9, mean_value=[7]), image, INSIDE[0])
    np.testing.assert_array_equal(actual, result(make(9), image, INSIDE[0]) - 7)


def test_both_scales_count(image):
    actual = result(
        WindowTransformer(
            WindowDataParameter(scale=0.5), TransformationParameter(crop_size=9, scale=0.25)
        ),
        image,
        INSIDE[0],
    )
    np.testing.assert_array_equal(actual, result(make(9), image, INSIDE[0]) * 0.125)


def test_a_window_of_which_less_than_half_a_pixel_is_left_is_empty(image):
    actual = result(make(5, crop_mode="square"), image, (39, 0, 200, 100))
    assert not actual.any()


@pytest.mark.parametrize(
    ("box", "options"),
    [
        ((-1, 0, 5, 5), {}),
        ((0, -1, 5, 5), {}),
        ((0, 0, 40, 5), {}),
        ((0, 0, 5, 30), {}),
        ((6, 0, 5, 5), {}),
        ((0, 6, 5, 5), {"context_pad": 2}),
        ((50, 0, 60, 5), {"context_pad": 2}),
        ((0, -20, 5, -10), {"crop_mode": "square"}),
    ],
)
def test_a_window_outside_of_the_image(box, options, image):
    with pytest.raises(
        DataError,
        match=r"(?s)does not lie in its image.*x from 0 to 39, y from 0 to 29.*"
        + " ".join(map(str, box)),
    ):
        result(make(9, **options), image, box)


@pytest.mark.filterwarnings("error")
def test_what_is_too_large_is_infinite_without_a_warning(image):
    transformer = WindowTransformer(
        WindowDataParameter(scale=1e30), TransformationParameter(crop_size=9, scale=1e30)
    )
    actual = result(transformer, np.maximum(image, 1), INSIDE[0])
    assert np.isinf(actual).all()
    with pytest.raises(LayerError, match="scale of transform_param must be a number"):
        make(9, scale=float("inf"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crop_size": 0}, "crop_size must be greater than 0"),
        ({"crop_size": 8, "context_pad": 4}, "context_pad leaves no room"),
        ({"crop_size": 8, "crop_mode": "round"}, r'(?s)unknown crop_mode.*warp or square.*"round"'),
        ({"crop_size": 8, "mean_value": [1, 2]}, "either 1 mean_value or as many as channels: 3"),
        ({"crop_size": 8, "mean_value": [1], "mean_file": "x"}, "mean_file and mean_value"),
    ],
)
def test_settings_that_make_no_sense(options, message):
    with pytest.raises(LayerError, match=message):
        make(**options)


@pytest.mark.parametrize("shape", [(1, 1, 9, 9), (1, 3, 9, 7), (1, 3, 7, 9), (1, 3, 8, 12)])
def test_a_mean_file_that_does_not_fit(shape, tmp_path):
    (tmp_path / "mean").write_bytes(blob_to_proto(Blob(shape)).SerializeToString())
    with pytest.raises(LayerError, match="the mean file does not fit the windows"):
        make(8, mean_file=str(tmp_path / "mean"))
