from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import blobnet
from blobnet.errors import printable
from blobnet.viz.logs import LoggedRun, Series, save_log_plot
from blobnet.viz.logs.panels import curves_left_out

NAN = float("nan")


def series(kind, name, points, is_loss=False):
    made = Series(kind, name, is_loss)
    for iteration, value in points:
        made.add(iteration, 10 * iteration, value)
    return made


def a_run(*more, name="a.log", loss=((0, 2.0), (10, 1.0), (20, 0.25))):
    return LoggedRun(name, [series("loss", "loss", loss, True), *more], last=20)


def accuracy(*values):
    return series("test", "accuracy", [(10 * i, value) for i, value in enumerate(values)])


RATE = series("rate", "lr", [(0, 0.1), (10, 0.01)])


@pytest.fixture
def draw(figures, tmp_path):
    """A function that draws runs and returns the figure."""

    def save(*runs, **options):
        path = save_log_plot(runs, tmp_path / "curves.png", **options)
        assert path.read_bytes().startswith(b"\x89PNG")
        return figures[-1]

    return save


def lines_of(axes):
    return [line for line in axes.get_lines() if line.get_label() != "_"]


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()] if axes.get_legend() else []


# --- one training ---------------------------------------------------------------------------------


def test_losses_scores_and_rate_stand_one_above_the_other(draw):
    test_loss = series("test", "loss", [(0, 3.0), (20, 0.5)], True)
    figure = draw(a_run(RATE, accuracy(0.1, 0.5, 0.75), test_loss))
    loss, score, rate = figure.axes
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "score in %", "learning rate"]
    assert rate.get_xlabel() == "iteration"
    assert [line.get_xydata().tolist() for line in lines_of(loss)] == [
        [[0, 2], [10, 1], [20, 0.25]],
        [[0, 3], [20, 0.5]],
    ]
    assert legend_of(loss) == ["training loss", "test loss"]
    assert lines_of(score)[0].get_xydata().tolist() == [[0, 10], [10, 50], [20, 75]]
    assert legend_of(score) == ["test accuracy: 75.00 %", "below the picture"]
    (marks,) = [line for line in score.get_lines() if line.get_marker() == "v"]
    assert marks.get_xdata().tolist() == [0]  # 10 % is below the lower end, 45 %
    assert score.get_ylim() == (45, 100.8)  # the untrained score is left out
    assert lines_of(rate)[0].get_xydata().tolist() == [[0, 0.1], [10, 0.01]]
    assert (loss.get_yscale(), score.get_yscale(), rate.get_yscale()) == ("log", "linear", "log")
    assert figure.get_suptitle() == "a.log"


def test_a_log_without_scores_has_no_room_for_them(draw):
    assert [axes.get_ylabel() for axes in draw(a_run()).axes] == ["loss"]


def test_the_x_axis_may_be_seconds(draw):
    figure = draw(a_run(), x="seconds")
    assert figure.axes[0].get_xlabel() == "seconds of training"
    assert lines_of(figure.axes[0])[0].get_xdata().tolist() == [0, 100, 200]


def test_seconds_that_the_log_does_not_tell_are_explained(draw):
    untimed = Series("loss", "loss", True)
    untimed.add(0, NAN, 1.0)
    run = LoggedRun("a.log", [untimed])
    with pytest.raises(blobnet.DataError, match=r"a\.log: .*no times\n(.*\n)*.*--x iterations"):
        draw(run, x="seconds")
    assert draw(run).axes


def test_an_output_that_is_the_displayed_loss_is_drawn_once(draw):
    points = [(0, 2.0), (10, NAN)]
    same = series("train", "loss", points, True)
    other = series("train", "loss2", [(0, 2.0), (10, 0.5)], True)
    figure = draw(a_run(same, other, loss=[*points, (20, 1.0)]))
    assert legend_of(figure.axes[0]) == ["training loss", "train loss2", "not a finite number"]


def test_a_rate_that_hardly_changes_is_seen_to_hardly_change(draw):
    figure = draw(a_run(series("rate", "lr", [(0, 0.1), (10, 0.09)])))
    assert figure.axes[1].get_yscale() == "linear"
    assert figure.axes[1].get_ylim()[0] == 0


def test_a_single_point_can_be_seen(draw):
    figure = draw(a_run(series("rate", "lr", [(0, 0.1)]), accuracy(0.5), loss=[(0, 1.0)]))
    for axes in figure.axes:
        assert lines_of(axes)[0].get_marker() not in ("", "None")


def test_scores_that_are_no_shares_keep_their_numbers(draw):
    figure = draw(a_run(series("test", "distance", [(0, 12.5), (20, 3.0)])))
    assert figure.axes[1].get_ylabel() == "score"
    assert legend_of(figure.axes[1]) == ["test distance: 3"]


# --- numbers that are none ------------------------------------------------------------------------


def test_what_is_no_finite_number_is_a_cross_at_its_place(draw):
    axes = draw(a_run(loss=[(0, 1.0), (10, NAN), (20, math.inf), (30, 2.0)])).axes[0]
    (crosses,) = (line for line in axes.get_lines() if line.get_marker() == "x")
    assert crosses.get_xdata().tolist() == [10, 20]
    assert crosses.get_color() == lines_of(axes)[0].get_color()
    np.testing.assert_array_equal(lines_of(axes)[0].get_ydata(), [1, NAN, NAN, 2])
    assert "not a finite number" in legend_of(axes)
    assert all(math.isfinite(limit) for limit in axes.get_ylim())


def test_losses_are_smoothed_over_as_many_lines_as_asked_for(draw):
    loss = [(10 * i, float(value)) for i, value in enumerate((9, 3, 6, 0, 3))]
    (line,) = lines_of(draw(a_run(loss=loss), smooth=3).axes[0])
    assert line.get_xydata().tolist() == [[20, 6], [30, 3], [40, 3]]
    assert line.get_label() == "training loss, mean of 3"


def test_a_title_stands_above_one_training_and_above_the_names_of_several(draw):
    assert draw(a_run(), title="a title").get_suptitle() == "a title"
    (legend,) = draw(a_run(), a_run(name="b.log"), title="a title").legends
    assert legend.get_title().get_text() == "a title"


def test_a_training_of_nothing_else_is_a_picture_too(draw):
    axes = draw(a_run(accuracy(NAN, NAN), loss=[(0, NAN), (10, NAN)])).axes[0]
    assert all(math.isfinite(limit) for limit in axes.get_ylim())


def test_few_lost_values_do_not_make_gaps_in_the_mean(draw):
    points = [(i, NAN if i == 150 else 1 + i % 2) for i in range(300)]
    smooth = lines_of(draw(a_run(loss=points)).axes[0])[-1]
    assert smooth.get_label() == "training loss, mean of 6"
    assert np.isnan(smooth.get_ydata()).sum() == 1


# --- several trainings ----------------------------------------------------------------------------


def test_several_trainings_differ_in_colour_and_marker_quantities_in_dash(draw):
    test_loss = series("test", "loss", [(0, 3.0), (20, 0.5)], True)
    runs = [a_run(test_loss, name=f"{number}.log") for number in range(7)]
    figure = draw(*runs)
    drawn = lines_of(figure.axes[0])
    assert len(drawn) == 14
    training, testing = drawn[::2], drawn[1::2]
    assert len({line.get_color() for line in training}) == 7
    assert len({line.get_marker() for line in training}) == 7
    assert {line.get_linestyle() for line in training} == {"-"}
    assert {line.get_linestyle() for line in testing} == {"--"}
    for one, other in zip(training, testing, strict=True):
        assert (one.get_color(), one.get_marker()) == (other.get_color(), other.get_marker())
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [run.name for run in runs]
    assert [line.get_color() for line in legend.get_lines()] == [
        line.get_color() for line in training
    ]
    assert legend_of(figure.axes[0]) == ["training loss", "test loss"]


def test_legends_cover_no_lines(draw):
    figure = draw(*[a_run(accuracy(0.1, 0.5), RATE, name=f"{number}.log") for number in range(9)])
    figure.canvas.draw()
    boxes = [figure.legends[0].get_window_extent()]
    boxes += [axes.get_legend().get_window_extent() for axes in figure.axes if axes.get_legend()]
    for box in boxes:
        assert box.height > 0
        for axes in figure.axes:
            assert not box.overlaps(axes.get_window_extent())


def test_hundreds_of_outputs_are_drawn_but_not_all_listed(draw):
    outputs = [series("test", f"accuracy[{i}]", [(0, 0.1), (10, i / 200)]) for i in range(200)]
    axes = draw(a_run(*outputs)).axes[1]
    assert len(lines_of(axes)) == 200
    assert len(legend_of(axes)) < 20
    assert axes.get_legend().get_title().get_text() == "and 186 more"


# --- a choice -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("only", "labels"),
    [
        (["accuracy"], ["score in %"]),
        (["loss"], ["loss"]),
        (["lr"], ["learning rate"]),
        (["lr", "accuracy #1"], ["score in %", "learning rate"]),
        ([], ["loss", "score in %", "learning rate"]),
    ],
)
def test_only_what_is_named_is_drawn(only, labels, draw):
    second = series("test", "accuracy #1", [(0, 0.25)])
    figure = draw(a_run(RATE, accuracy(0.1, 0.5), second), only=only)
    assert [axes.get_ylabel() for axes in figure.axes] == labels


def test_a_name_without_number_stands_for_all_of_them(draw):
    outputs = [series("test", f"accuracy[{i}]", [(0, 0.1 * i)]) for i in range(3)]
    assert len(lines_of(draw(a_run(*outputs), only=["accuracy"]).axes[0])) == 3
    assert len(lines_of(draw(a_run(*outputs), only=["accuracy[1]"]).axes[0])) == 1


def test_a_name_that_is_not_there_is_explained(draw):
    with pytest.raises(blobnet.DataError, match=r"acuracy\n(.*\n)*.*did you mean accuracy"):
        draw(a_run(accuracy(0.5)), only=["acuracy"])


def test_nothing_to_draw_is_an_error(draw):
    with pytest.raises(blobnet.DataError, match="no training"):
        draw(LoggedRun("a.log"))


# --- hostile logs ---------------------------------------------------------------------------------


def test_of_thousands_of_curves_the_first_ones_are_drawn_and_the_picture_says_so(draw):
    outputs = [series("test", f"a{i}", [(0, 1), (10, i)]) for i in range(20_000)]
    axes = draw(LoggedRun("a.log", outputs), most=30).axes[0]
    assert [line.get_label() for line in lines_of(axes)][-1] == "test a29: 29"
    assert len(lines_of(axes)) == 30
    assert axes.get_legend().get_title().get_text() == "and 16 more, 19,970 not drawn"


def test_what_is_left_out_is_told_for_each_scale():
    runs = [
        LoggedRun(name, [series("test", f"a{i}", [(0, i)]) for i in range(5)]) for name in "xyz"
    ]
    assert curves_left_out(runs, most=15) == {}
    assert curves_left_out(runs, most=7) == {"score": (6, 15)}  # two quantities of three runs
    assert curves_left_out(runs, most=2) == {"score": (2, 15)}
    assert curves_left_out(runs, only=["a3"], most=3) == {}


@pytest.mark.parametrize(
    "values",
    [
        (1e308, -1e308),
        (1e308, 1e308),
        (-1e308, -1e308),
        (math.nan, math.nan),
        (math.inf, -math.inf),
        (math.inf, 1.0),
        (5e-324, 1e308),
        (5e-324, 5e-324),
        (0.0, 0.0),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["loss", "test", "rate"])
def test_numbers_of_any_size_are_drawn(kind, values, draw):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw(LoggedRun("a", [series(kind, "x", list(enumerate(values)), kind == "loss")]))
    finite = [value for value in values if math.isfinite(value)]
    percent = kind == "test" and finite and min(finite) >= 0 and max(finite) <= 1
    expected = [v * (100 if percent else 1) if math.isfinite(v) else NAN for v in values]
    drawn = lines_of(figure.axes[0])[0].get_ydata()
    np.testing.assert_allclose(drawn, np.clip(expected, -1e250, 1e250))


@pytest.mark.parametrize("name", ["$\\frac{a$", "_a", "a\nb\x1b", "😀 畳", "x" * 10**5, "[/red]"])
def test_any_name_is_a_label_and_a_title(name, draw):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = LoggedRun(name, [series("test", name, [(0, 1), (1, 2)])])
        figure = draw(run)
        draw(run, run)  # a line and a name for each
    shown = figure.axes[0].get_legend().get_texts()[0].get_text()
    assert shown.startswith("test ")
    assert printable(name)[:4] in shown
    assert len(shown) < 100
