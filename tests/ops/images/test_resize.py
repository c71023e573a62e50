import math

import numpy as np
import pytest

from blobnet.ops import jit
from blobnet.ops.images import resize as module
from blobnet.ops.images.resize import (
    neighbours,
    part_of,
    resize_interleaved,
    resize_linear,
)
from blobnet.ops.images.resize_to_floats import resizing_of
from blobnet.ops.jit import KernelError, available


@pytest.fixture(params=["numpy", "compiled"], autouse=True)
def way(request, monkeypatch):
    """Who mixes: numpy, as at first, or the kernel, as when much has been resized."""
    if request.param == "compiled" and not available():
        pytest.skip("nothing can be compiled here")
    monkeypatch.setattr(jit, "kernels_are_running", lambda: False)
    monkeypatch.setattr(
        module.later, "done", module.later.much if request.param == "compiled" else 0
    )
    return request.param


def sides(old, new, position):
    """The pixels on both sides of a new one, and their weights in 1/2048."""
    step = 1.0 / (new / old)
    centre = np.float32((position + 0.5) * step - 0.5)
    first = math.floor(centre)
    share = centre - np.float32(first)
    weights = [round(float((np.float32(1) - share) * 2048)), round(float(share * 2048))]
    return [min(max(first, 0), old - 1), min(max(first + 1, 0), old - 1)], weights


def resized(plane, height, width):
    """Pixel by pixel, in the whole numbers of Python."""
    result = np.empty((height, width), int)
    for y in range(height):
        for x in range(width):
            lines, line_weights = sides(len(plane), height, y)
            columns, column_weights = sides(len(plane[0]), width, x)
            total = 2
            for line, line_weight in zip(lines, line_weights, strict=True):
                mixed = sum(
                    plane[line][column] * weight
                    for column, weight in zip(columns, column_weights, strict=True)
                )
                total += line_weight * (mixed >> 4) >> 16
            result[y, x] = total >> 2
    return result


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((7, 5), (11, 13)),
        ((11, 13), (7, 5)),
        ((5, 9), (20, 3)),
        ((8, 6), (4, 3)),
        ((4, 3), (8, 6)),
        ((1, 1), (3, 4)),
        ((9, 7), (1, 1)),
        ((2, 40), (3, 1)),
        ((23, 6), (4, 9)),  # most rows are left out
    ],
)
def test_each_pixel_is_mixed_from_four(old, new, rng):
    image = rng.integers(256, size=(3, *old), dtype=np.uint8)
    expected = [resized(plane.tolist(), *new) for plane in image]
    actual = resize_linear(image, *new)
    assert actual.dtype == np.uint8
    np.testing.assert_array_equal(actual, expected)


def test_the_same_size_changes_nothing(rng):
    image = rng.integers(256, size=(4, 6, 7), dtype=np.uint8)
    np.testing.assert_array_equal(resize_linear(image, 6, 7), image)


def test_half_the_size_is_the_rounded_mean_of_four(rng):
    image = rng.integers(256, size=(1, 6, 8), dtype=np.uint8)
    mean = (image.reshape(1, 3, 2, 4, 2).sum(axis=(2, 4), dtype=int) + 2) // 4
    np.testing.assert_array_equal(resize_linear(image, 3, 4), mean)


@pytest.mark.parametrize("value", [0, 1, 127, 254, 255])
def test_one_value_stays_that_value(value):
    image = np.full((1, 5, 4), value, np.uint8)
    np.testing.assert_array_equal(resize_linear(image, 37, 29), value)


def test_the_image_may_be_part_of_another(rng):
    image = rng.integers(256, size=(3, 9, 9), dtype=np.uint8)
    part = image[:, 2:7, 1:8]
    np.testing.assert_array_equal(resize_linear(part, 4, 9), resize_linear(part.copy(), 4, 9))


def test_the_kernel_serves_once_much_has_been_resized(way, rng, monkeypatch):
    served = []
    monkeypatch.setattr(module.later, "much", 60)
    monkeypatch.setattr(module.later, "done", 0)
    monkeypatch.setattr(jit, "compiled", lambda name: served.append(name))
    for _ in range(3):
        resize_linear(rng.integers(256, size=(2, 5, 7), dtype=np.uint8), 4, 4)
    assert served == ["images.resize_kernel"]


def test_the_kernel_serves_where_others_are_running(way, rng, monkeypatch):
    served = []
    monkeypatch.setattr(jit, "kernels_are_running", lambda: True)
    monkeypatch.setattr(jit, "compiled", lambda name: served.append(name))
    resize_linear(rng.integers(256, size=(2, 5, 7), dtype=np.uint8), 4, 4)
    assert served == ["images.resize_kernel"]


@pytest.mark.parametrize(
    ("old", "new"), [((24, 18), (7, 5)), ((24, 18), (40, 33)), ((3, 2), (1, 9))]
)
@pytest.mark.parametrize("order", [[0], [2, 1, 0], [2, 1, 0, 3]])
def test_planes_of_floats_are_the_resized_bytes_less_a_mean_times_a_factor(
    way, old, new, order, rng
):
    image = rng.integers(256, size=(*old, len(order)), dtype=np.uint8)[::-1]
    means, factors = rng.random((2, len(order))).astype(np.float32)
    planes = np.full((len(order), *new), np.nan, np.float32)
    tables = [neighbours(old[axis], new[axis]) for axis in (1, 0)]
    made = resizing_of(image.shape, *tables, order, means, factors)
    if way == "numpy":
        assert made is None
        return
    made.run(image, planes)
    bytes_ = resize_interleaved(image, *new)
    for plane, channel, mean, factor in zip(planes, order, means, factors, strict=True):
        np.testing.assert_array_equal(plane, (bytes_[..., channel] - mean) * factor)


def test_part_of_the_columns_and_rows_can_be_made(way, rng):
    image = rng.integers(256, size=(9, 8, 3), dtype=np.uint8)
    across, down = part_of(neighbours(8, 20), 5, 7), part_of(neighbours(9, 6), 1, 3)
    planes = np.empty((3, 3, 7), np.float32)
    ones = np.ones(3, np.float32)
    made = resizing_of(image.shape, across, down, [0, 1, 2], 0 * ones, ones)
    if made is not None:
        made.run(image, planes)
        whole = resize_interleaved(image, 6, 20)
        np.testing.assert_array_equal(planes.transpose(1, 2, 0), whole[1:4, 5:12])
    else:
        assert way == "numpy"


def test_numpy_serves_where_the_kernel_cannot_be_compiled(way, monkeypatch):
    def fail(*_):
        raise KernelError("no")

    monkeypatch.setattr(module, "_resize_compiled", fail)
    np.testing.assert_array_equal(resize_linear(np.full((1, 2, 2), 7, np.uint8), 3, 4), 7)


@pytest.mark.parametrize(("height", "width"), [(7, 5), (40, 33), (12, 9)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_channels_that_lie_side_by_side_are_resized_as_planes_are(channels, height, width):
    image = np.random.default_rng(1).integers(0, 256, (24, 18, channels), np.uint8)
    for step in (None, 1.7):
        wanted = resize_linear(image.transpose(2, 0, 1), height, width, step)
        made = resize_interleaved(image[::-1][::-1], height, width, step)
        np.testing.assert_array_equal(made, wanted.transpose(1, 2, 0))
