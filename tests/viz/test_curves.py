from __future__ import annotations

import math

import numpy as np
import pytest

from blobnet.solver.history import TrainingHistory
from blobnet.viz import curves
from blobnet.viz.training_curves import save_training_curves

NAN = float("nan")


def axes():
    pytest.importorskip("matplotlib")
    return curves.new_figure(4, 3).add_subplot()


def test_a_running_mean_is_of_the_last_values():
    np.testing.assert_allclose(curves.running_mean([1, 2, 6, 4], 3), [3, 4])


def test_a_running_mean_leaves_out_what_is_no_number():
    means = curves.running_mean([1, NAN, 3, math.inf, 5], 2)
    np.testing.assert_array_equal(means, [NAN, 3, NAN, 5])


@pytest.mark.parametrize(
    ("values", "factor"),
    [([0, 0.5, 1], 100), ([0.5, 1.01], 1), ([-0.1], 1), ([], 1), ([NAN, 0.5], 100), ([NAN], 1)],
)
def test_shares_are_shown_as_percentages(values, factor):
    assert curves.percent_factor(values) == factor


@pytest.mark.parametrize(
    ("scores", "low"),
    [([[0.1, 0.9, 0.8]], 75), ([[0.1, 0.9], [0.3]], 25), ([[NAN]], 0), ([[0.01, 0.02]], 0)],
)
def test_the_scale_of_scores_leaves_out_the_untrained_ones(scores, low):
    panel = axes()
    curves.scale_percent(panel, scores)
    assert panel.get_ylim() == pytest.approx((low, 100.8))


def test_few_points_are_one_marked_line():
    panel = axes()
    line = curves.draw_noisy(panel, [1, 2], [3, 4], "loss", color=curves.BLUE)
    assert panel.get_lines() == [line]
    assert (line.get_marker(), line.get_label()) == (".", "loss")


def test_many_points_are_thin_and_their_mean_is_the_line():
    panel = axes()
    line = curves.draw_noisy(panel, range(200), range(200), "loss", color=curves.BLUE)
    faint, mean = panel.get_lines()
    assert mean is line
    assert faint.get_alpha() < 1
    assert (faint.get_label(), mean.get_label()) == ("loss", "loss, mean of 4")


def test_a_picture_of_ours_is_known_again(tmp_path):
    figure = axes().figure
    ours = curves.save_figure(figure, tmp_path / "ours.png")
    figure.savefig(tmp_path / "other.png")
    assert curves.is_ours(ours)
    assert not curves.is_ours(tmp_path / "other.png")


def test_what_is_no_file_is_no_picture_of_ours(tmp_path):
    assert not curves.is_ours(tmp_path / "none.png")
    assert not curves.is_ours(tmp_path)


def test_the_very_largest_numbers_leave_room_for_margins():
    drawn = curves.drawable([1e308, -1e308, 1.5, 0, math.nan, math.inf])
    np.testing.assert_array_equal(drawn, [1e250, -1e250, 1.5, 0, math.nan, math.nan])


@pytest.mark.parametrize(
    ("name", "label"), [("loss", "loss"), ("_a", " _a"), ("a\x1b", r"a\x1b"), ("$x$", "$x$")]
)
def test_a_label_is_a_name_that_matplotlib_shows(name, label):
    assert curves.label_of(name) == label


@pytest.mark.parametrize("title", ["$\\frac{a$ " * 40, "a long path / " * 40, "_", "$", "😀\x1b"])
def test_a_title_says_what_it_says(title, tmp_path):
    with curves.plain_texts():
        figure = curves.new_figure(5, 3)
        curves.write_title(figure, title)
        curves.write_title(figure.add_subplot(), title)
        curves.save_figure(figure, tmp_path / "title.png")
    assert figure.get_suptitle().strip().startswith(title[:3].replace("\x1b", "\\x1b"))


@pytest.mark.parametrize(
    "settings",
    [
        {"text.usetex": True},  # TeX is not there, or reads `a_b` as a formula
        {"axes.formatter.use_mathtext": True, "savefig.dpi": 7, "savefig.bbox": "tight"},
        {"figure.facecolor": "black", "lines.linewidth": 9, "axes.grid": True},
    ],
)
def test_a_picture_does_not_depend_on_settings_made_for_others(settings, tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    history = TrainingHistory()
    history.losses, history.tests = [3e5, 2e5, 1e5], {"acc_1": [(0, 0.25), (3, 0.5)]}
    expected = save_training_curves(history, tmp_path / "a.png", "a_b").read_bytes()
    with matplotlib.rc_context(settings):
        drawn = save_training_curves(history, tmp_path / "b.png", "a_b").read_bytes()
        assert all(matplotlib.rcParams[name] == value for name, value in settings.items())
    assert drawn == expected


def test_fonts_are_the_users_own_choice():
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"font.family": ["serif"], "text.usetex": True}):
        with curves.plain_texts():
            assert matplotlib.rcParams["font.family"][0] == "serif"
            assert matplotlib.rcParams["text.usetex"] is False
        assert matplotlib.rcParams["text.usetex"] is True
