from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import blobnet
from blobnet.viz.images import panels
from blobnet.viz.images.panels import Panel, one_image, save_panels, tile


@pytest.mark.parametrize(
    ("count", "size", "grid"),
    [
        (1, (5, 5), (1, 1)),
        (9, (5, 5), (3, 3)),
        (20, (5, 5), (4, 5)),
        (3, (2, 20), (3, 1)),  # wide ones stand one above the other
        (4, (20, 2), (1, 4)),
    ],
)
def test_tiles_make_about_a_square(count, size, grid):
    images = np.arange(count * size[0] * size[1], dtype=np.float32).reshape(count, *size)
    tiles = tile(images)
    assert tiles.shape == (*grid, *size)
    assert tiles.dtype == np.float32
    flat = tiles.reshape(-1, *size)
    np.testing.assert_array_equal(flat[:count], images)
    assert np.isnan(flat[count:]).all()


@pytest.mark.parametrize("colors", [(), (3,)])
def test_tiles_stand_in_rows_with_gaps_between(colors, rng):
    tiles = rng.normal(size=(2, 3, 4, 5, *colors))
    image = one_image(tiles)
    assert image.shape == (2 * 4 + 1, 3 * 5 + 2, *colors)
    for row in range(2):
        for column in range(3):
            part = image[row * 5 : row * 5 + 4, column * 6 : column * 6 + 5]
            np.testing.assert_array_equal(part, tiles[row, column])
    assert np.isnan(image[4]).all()
    assert np.isnan(image[:, 5]).all()


def image_of(axes):
    return axes.get_images()[0]


def test_a_signed_scale_has_zero_in_its_middle(figures, tmp_path, rng):
    tiles = rng.uniform(-0.5, 2, size=(2, 2, 3, 3))
    save_panels([Panel("w", tiles, "gray", signed=True)], tmp_path / "a.png", "a net")
    largest = tiles.max()
    assert image_of(figures[0].axes[0]).get_clim() == pytest.approx((-largest, largest))


def test_a_plain_scale_has_the_numbers_ends(figures, tmp_path, rng):
    tiles = rng.uniform(3, 4, size=(2, 2, 3, 3))
    tiles[0, 0, 0, 0] = np.nan
    tiles[0, 0, 0, 1] = np.inf
    save_panels([Panel("w", tiles)], tmp_path / "a.png", "a net")
    finite = tiles[np.isfinite(tiles)]
    assert image_of(figures[0].axes[0]).get_clim() == (finite.min(), finite.max())


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan])
def test_equal_numbers_and_none_have_a_scale_too(value, figures, tmp_path):
    save_panels([Panel("w", np.full((1, 1, 2, 2), value))], tmp_path / "a.png", "a net")
    low, high = image_of(figures[0].axes[0]).get_clim()
    assert low < high


@pytest.mark.parametrize("count", [0, 1, 10, 500])
def test_bars_are_as_high_as_their_numbers(count, figures, tmp_path):
    values = np.linspace(-1, 1, count)
    save_panels([Panel("prob", values)], tmp_path / "a.png", "a net")
    axes = figures[0].axes[0]
    assert [bar.get_height() for bar in axes.patches] == values.tolist()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 24])
def test_panels_have_their_titles_and_a_heading(count, figures, tmp_path):
    made = [Panel(f"conv{i}: Convolution", np.zeros((1, 1, 2, 2))) for i in range(count)]
    path = save_panels(made, tmp_path / "a.png", "a net")
    assert path.read_bytes().startswith(b"\x89PNG")
    titles = [axes.get_title() for axes in figures[0].axes if axes.get_title()]
    assert titles == [panel.title for panel in made]
    assert figures[0].get_suptitle() == "a net"


def test_without_matplotlib_there_is_an_error_with_a_way_out(tmp_path, monkeypatch):
    import_extra = panels.import_extra
    monkeypatch.setattr(panels, "import_extra", lambda name, *more: import_extra("no", *more))
    with pytest.raises(blobnet.MissingExtraError, match=r"blobnet\[plot\]"):
        save_panels([Panel("w", np.zeros(3))], tmp_path / "a.png", "a net")


@pytest.mark.parametrize("low", [-3e38, 0.0, math.nan, -math.inf])
@pytest.mark.parametrize("high", [3e38, 1e-45, math.inf])
@pytest.mark.parametrize("shape", [(1, 1, 2, 2), (3,), (1, 1, 2, 2, 3)])
def test_values_of_any_size_are_drawn(low, high, shape, tmp_path):
    values = np.full(shape, high, np.float32)
    values[0] = low
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = save_panels([Panel("$\\frac{a$ 😀", values)], tmp_path / "p.png", "$\\frac{a$\x1b")
    assert path.read_bytes().startswith(b"\x89PNG")
