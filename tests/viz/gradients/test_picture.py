from __future__ import annotations

import math

import numpy as np
import pytest

import blobnet
from blobnet.viz.gradients import picture, save_gradient_picture
from blobnet.viz.gradients.recorder import NOTHING
from tests.viz.gradients.records import add_layer, recorded, size

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def draw(tmp_path, figures):
    """A function that saves a recording and returns the panels by their titles, and the key."""

    def save(made, title="a net"):
        path = save_gradient_picture(made, tmp_path / "gradients.png", title)
        assert path.read_bytes().startswith(PNG)
        figure = figures[-1]
        panels = {axes.get_title(): axes for axes in figure.axes if axes.get_title()}
        key = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
        return panels, key

    return save


def panel(panels, part, measure):
    return next(
        axes
        for title, axes in panels.items()
        if title.startswith(part) and title.endswith(f": {measure}")
    )


def names(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def small():
    made = recorded(3)
    add_layer(made, "data", "Data", delta=NOTHING)
    add_layer(
        made,
        "ip",
        data=size(10.0),
        delta=[size(0.1, 5.0, 0.25), size(0.01), size(0.001)],
        change=size(0.5),
    )
    return made


def test_there_is_a_panel_for_every_part_and_measure(draw):
    panels, key = draw(small())
    assert len(panels) == 9
    for part in ("data", "delta", "weight change"):
        for measure in ("mean size", "largest size", "share of zeros"):
            assert panel(panels, part, measure).images
    assert key == []


def test_rows_are_the_layers_that_have_what_a_column_shows(draw):
    panels, _ = draw(small())
    assert names(panel(panels, "data", "mean size")) == ["data", "ip"]
    assert names(panel(panels, "delta", "mean size")) == ["ip"]
    assert names(panel(panels, "weight change", "share of zeros")) == ["ip"]


def test_sizes_are_drawn_as_powers_of_ten_and_shares_in_percent(draw):
    panels, _ = draw(small())
    mean = panel(panels, "delta", "mean size").images[0]
    np.testing.assert_allclose(mean.get_array(), [[-1, -2, -3]])
    assert mean.get_clim() == (-3, -1)
    np.testing.assert_allclose(
        panel(panels, "data", "mean size").images[0].get_array(), [[0] * 3, [1] * 3]
    )
    zeros = panel(panels, "delta", "share of zeros").images[0]
    np.testing.assert_allclose(zeros.get_array(), [[25, 0, 0]])
    assert zeros.get_clim() == (0, 100)


def test_columns_stand_at_their_iterations(draw):
    made = recorded(3, every=5)
    add_layer(made)
    axes = panel(draw(made)[0], "data", "mean size")
    assert axes.images[0].get_extent()[:2] == [-2.5, 12.5]
    assert all(tick == int(tick) for tick in axes.get_xticks())


def test_zero_infinity_and_nothing_have_colours_of_their_own(draw):
    made = recorded(4)
    add_layer(made, delta=[size(0.0), size(1.0), size(math.inf), NOTHING])
    panels, key = draw(made)
    assert key == ["exactly 0", "not a finite number", "nothing to measure"]
    image = panel(panels, "delta", "mean size").images[0]
    colors = image.cmap(image.norm(image.get_array()))[0]
    np.testing.assert_allclose(colors[0][:3], [0xD5 / 255, 0x5E / 255, 0], atol=1e-6)
    np.testing.assert_allclose(colors[2][:3], [0, 0, 0])
    np.testing.assert_allclose(colors[3][:3], [0xE4 / 255] * 3)


def test_of_many_layers_some_are_named(draw):
    made = recorded(2)
    for number in range(300):
        add_layer(made, f"ip{number}")
    shown = names(panel(draw(made)[0], "data", "mean size"))
    assert shown[0] == "ip0"
    assert 20 < len(shown) <= 60


@pytest.mark.parametrize("iterations", [0, 1])
def test_an_empty_recording_is_an_empty_picture(iterations, draw):
    panels, key = draw(recorded(iterations))
    assert len(panels) == 9
    assert key == []


def test_without_matplotlib_there_is_an_error_with_a_way_out(tmp_path, monkeypatch):
    imported = picture.import_extra
    monkeypatch.setattr(
        picture, "import_extra", lambda module, *words: imported(f"no_{module}", *words)
    )
    with pytest.raises(blobnet.MissingExtraError, match=r"blobnet\[plot\]"):
        save_gradient_picture(small(), tmp_path / "gradients.png", "a net")
    assert list(tmp_path.iterdir()) == []
