import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def interp(options, *bottoms):
    return run_layer(f'name: "i" type: "Interp" interp_param {{ {options} }}', *bottoms)


def interpolated(plane, height, width):
    """Pixel by pixel."""
    old = np.array(plane.shape) - 1
    y = np.empty((height, width))
    for i, j in np.ndindex(y.shape):
        row, column = old * (i, j) / np.maximum((height - 1, width - 1), 1)
        above, left = min(int(row), old[0]), min(int(column), old[1])
        below, right = min(above + 1, old[0]), min(left + 1, old[1])
        down, across = row - above, column - left
        upper = plane[above, left] * (1 - across) + plane[above, right] * across
        lower = plane[below, left] * (1 - across) + plane[below, right] * across
        y[i, j] = upper * (1 - down) + lower * down
    return y


@pytest.mark.parametrize(
    ("options", "size", "crop"),
    [
        ("height: 9 width: 5", (9, 5), (0, 0)),
        ("height: 1 width: 1", (1, 1), (0, 0)),
        ("height: 7 width: 8", (7, 8), (0, 0)),
        ("zoom_factor: 3", (19, 22), (0, 0)),
        ("zoom_factor: 3 height: 5", (19, 22), (0, 0)),
        ("zoom_factor: 3 height: 5 width: 5", (19, 22), (0, 0)),
        ("shrink_factor: 2", (4, 4), (0, 0)),
        ("shrink_factor: 2 zoom_factor: 2", (7, 7), (0, 0)),
        ("shrink_factor: 2 zoom_factor: 2 height: 3 width: 5", (3, 5), (0, 0)),
        ("height: 6 width: 9 pad_beg: -1", (6, 9), (1, 0)),
        ("zoom_factor: 2 pad_beg: -2 pad_end: -1", (7, 9), (2, 1)),
        ("height: 4 width: 5 pad_beg: -2 pad_end: -1", (4, 5), (2, 1)),
    ],
)
def test_each_pixel_is_mixed_from_those_around_it(options, size, crop, rng):
    x = rng.normal(size=(2, 3, 7, 8))
    y = interp(options, x).top[0].data
    assert y.shape == (2, 3, *size)
    cut = x[:, :, crop[0] : 7 - crop[1], crop[0] : 8 - crop[1]]
    for n, c in np.ndindex(2, 3):
        np.testing.assert_allclose(y[n, c], interpolated(cut[n, c], *size), atol=1e-5)


@pytest.mark.parametrize("options", ["", "use_blob_size: true", "height: 2 width: 2"])
def test_a_second_bottom_has_the_size(options, rng):
    x = rng.normal(size=(1, 1, 3, 3))
    run = interp(options, x, np.zeros((5, 2, 6, 4)))
    np.testing.assert_allclose(run.top[0].data[0, 0], interpolated(x[0, 0], 6, 4), atol=1e-6)


def test_the_numbers_of_pytorch():
    """torch.nn.functional.interpolate(x, (3, 5), mode="bilinear", align_corners=True), 2.13."""
    x = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3) ** 2
    recorded = [
        [0.0, 0.5, 1.0, 2.5, 4.0],
        [4.5, 6.5, 8.5, 11.5, 14.5],
        [9.0, 12.5, 16.0, 20.5, 25.0],
    ]
    y = interp("height: 3 width: 5", x).top[0].data
    np.testing.assert_array_equal(y[0, 0], recorded)


def test_a_copy_keeps_what_is_no_number():
    x = np.array([[[[np.inf, 1], [np.nan, 2]]]])
    np.testing.assert_array_equal(interp("height: 2 width: 2", x).top[0].data, x)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "no size is stated"),
        ("height: 3", "no size is stated"),
        ("height: 0 width: 3", "height and width should be positive"),
        ("height: 3 width: -3", "height and width should be positive"),
        ("zoom_factor: 0", "zoom_factor must be positive"),
        ("shrink_factor: -1", "shrink_factor must be positive"),
        ("zoom_factor: 2 pad_beg: 1", "Only supports non-pos padding"),
        ("zoom_factor: 2 pad_end: -2", "height and width should be positive"),
        ("use_blob_size: true", "second bottom"),
    ],
)
def test_bad_settings_are_refused(options, words):
    with pytest.raises(LayerError, match=f'Interp layer "i": .*{words}'):
        interp(options, np.ones((1, 1, 2, 2)))


def test_three_axes_are_refused():
    with pytest.raises(LayerError, match="4 axes"):
        interp("zoom_factor: 2", np.ones((1, 2, 2)))
