import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

WHITE = 0.95074, 1.0, 1.08883


def converted(x, source, target, **more):
    text = f'name: "c" type: "ColorConv" color_conv_param {{ input: {source} output: {target} }}'
    return run_layer(text, x, **more)


def one(values, source, target):
    """What becomes of one colour."""
    x = np.array(values, "f8").reshape(1, -1, 1, 1)
    return converted(x, source, target).top[0].data.ravel()


def xyz(red, green, blue):
    linear = []
    for value in (red / 255, green / 255, blue / 255):
        linear.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    r, g, b = linear
    return (
        0.4124564 * r + 0.3575761 * g + 0.1804375 * b,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        0.0193339 * r + 0.1191920 * g + 0.9503041 * b,
    )


def lab(x, y, z):
    curved = []
    for value, white in zip((x, y, z), WHITE, strict=True):
        share = value / white
        curved.append(share ** (1 / 3) if share > 0.008867 else (903.3 * share + 16) / 116)
    a, b, c = curved
    return 116 * b - 16, 500 * (a - b), 200 * (b - c)


COLORS = [(0, 0, 0), (255, 255, 255), (5, 8, 3), (200, 30, 90), (10, 120, 250)]


@pytest.mark.parametrize("color", COLORS)
def test_red_green_and_blue_become_lab(color):
    np.testing.assert_allclose(one(color, "RGB", "XYZ"), xyz(*color), rtol=1e-6)
    np.testing.assert_allclose(one(color, "RGB", "Lab"), lab(*xyz(*color)), rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(one(color[::-1], "BGR", "Lab"), one(color, "RGB", "Lab"))
    np.testing.assert_allclose(one(xyz(*color), "XYZ", "Lab"), one(color, "RGB", "Lab"))


def test_published_values_of_lab():
    """Red, green and blue of sRGB, as colour tables have them."""
    for color, expected in (
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
    ):
        np.testing.assert_allclose(one(color, "RGB", "Lab"), expected, atol=0.1)


@pytest.mark.parametrize("space", ["XYZ", "Lab", "BGR"])
@pytest.mark.parametrize("color", COLORS)
def test_there_and_back(space, color):
    there = one(color, "RGB", space)
    np.testing.assert_allclose(one(there, space, "RGB"), color, atol=0.02)


def test_lab_becomes_xyz():
    np.testing.assert_allclose(one(lab(0.3, 0.4, 0.5), "Lab", "XYZ"), (0.3, 0.4, 0.5), rtol=1e-6)
    np.testing.assert_allclose(
        one(lab(1e-3, 2e-3, 3e-3), "Lab", "XYZ"), (1e-3, 2e-3, 3e-3), rtol=1e-6
    )


def test_gray_values():
    expected = 0.2126729 * 200 + 0.7151522 * 30 + 0.0721750 * 90
    np.testing.assert_allclose(one((200, 30, 90), "RGB", "Gray"), [expected])
    np.testing.assert_array_equal(one([7], "Gray", "BGR"), [7, 7, 7])


def test_all_images_are_converted(rng):
    x = rng.uniform(0, 255, size=(3, 3, 2, 4))
    run = converted(x, "BGR", "Lab")
    for n, i, j in np.ndindex(3, 2, 4):
        expected = one(x[n, :, i, j], "BGR", "Lab")
        np.testing.assert_allclose(run.top[0].data[n, :, i, j], expected)


@pytest.mark.parametrize(
    ("source", "target", "shape", "words"),
    [
        ("Lab", "Gray", (1, 3, 1, 1), "no way from Lab to Gray"),
        ("Gray", "Gray", (1, 1, 1, 1), "no way from Gray to Gray"),
        ("RGB", "Lab", (1, 1, 2, 2), r"expected: \(N, 3, H, W\)"),
        ("Gray", "RGB", (1, 3, 2, 2), r"expected: \(N, 1, H, W\)"),
        ("RGB", "Lab", (3, 2, 2), "Images expected"),
    ],
)
def test_what_cannot_be_converted(source, target, shape, words):
    with pytest.raises(LayerError, match=words):
        converted(np.ones(shape), source, target)
