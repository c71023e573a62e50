from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import blobnet
from blobnet.solver.history import TrainingHistory
from blobnet.viz import curves
from blobnet.viz.training_curves import save_training_curves

pytest.importorskip("matplotlib")

NAN = float("nan")
PNG = b"\x89PNG\r\n\x1a\n"


def history(losses=(), first_iter=0, **tests):
    made = TrainingHistory()
    made.losses = list(losses)
    made.first_iter = first_iter if losses else None
    made.tests = tests
    return made


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """A function that saves a history and returns the figure that was drawn."""
    from matplotlib.figure import Figure

    figures = []

    class Kept(Figure):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            figures.append(self)

    monkeypatch.setattr("matplotlib.figure.Figure", Kept)

    def save(made):
        path = save_training_curves(made, tmp_path / "curves.png", "a training")
        assert path == tmp_path / "curves.png"
        assert path.read_bytes().startswith(PNG)
        return figures[-1]

    return save


def lines_of(figure):
    """Label to line, of both scales."""
    return {line.get_label(): line for axes in figure.axes for line in axes.get_lines()}


def texts_of(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


# --- what is remembered ---------------------------------------------------------------------------


def test_a_history_remembers_every_loss_and_every_test():
    param = blobnet.parse_solver("""
        net_param {
          layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
            shape { dim: 2 dim: 3 } shape { dim: 2 dim: 3 } data_filler { type: "uniform" } } }
          layer { name: "scale" type: "Scale" bottom: "x" top: "x2" }
          layer { name: "loss" type: "EuclideanLoss" bottom: "x2" bottom: "y" top: "error" }
          layer { name: "sizes" type: "Reduction" bottom: "x2" top: "size"
            reduction_param { axis: 1 } }
        }
        base_lr: 0.1 lr_policy: "fixed" max_iter: 4 test_iter: 1 test_iter: 1 test_interval: 2
    """)
    solver = blobnet.get_solver(param)
    solver.step(1)
    made = TrainingHistory()
    solver.add_callback(made)
    expected = []
    for _ in range(3):
        solver.step(1)
        expected.append(solver.loss)
    assert [*made.losses] == expected
    assert made.first_iter == 1
    sizes = {f"size[{row}]{net}" for row in (0, 1) for net in ("", " #1")}
    assert set(made.tests) == {"error", "error #1", *sizes}
    assert made.counted == {"error", "error #1"}
    assert [made.is_loss(name) for name in ("error #1", "size[0]", "a loss")] == [True, False, True]
    for rows in made.tests.values():
        assert [iteration for iteration, _ in rows] == [2]
        assert rows[0][1] > 0


# --- what is drawn --------------------------------------------------------------------------------


def test_the_curves_are_where_their_numbers_are(draw):
    losses = [2.0, 1.0, 0.5, 0.25]
    figure = draw(
        history(losses, 10, loss=[(10, 2.5), (14, 0.5)], accuracy=[(10, 0.1), (14, 0.75)])
    )
    left, right = figure.axes
    assert left.get_yscale() == "log"
    assert (left.get_xlabel(), left.get_ylabel()) == ("iteration", "loss")
    assert right.get_ylabel() == "test score in %"
    lines = lines_of(figure)
    assert lines["training loss"].get_xydata().tolist() == [[10, 2], [11, 1], [12, 0.5], [13, 0.25]]
    assert lines["test loss"].get_xydata().tolist() == [[10, 2.5], [14, 0.5]]
    assert lines["test accuracy (right, arrow: below)"].get_xydata().tolist() == [
        [10, 10],
        [14, 75],
    ]
    assert lines["test accuracy (right, arrow: below)"].axes is right
    assert texts_of(figure) == ["75.00 %"]
    assert right.get_ylim() == (70, 100.8)  # the untrained score is left out
    (mark,) = [line for line in right.get_lines() if line.get_marker() == "v"]
    assert mark.get_xdata().tolist() == [10]


def test_a_long_training_gets_a_smooth_line_too(draw):
    losses = np.random.default_rng(0).uniform(0.5, 1.5, 200).tolist()
    smooth = lines_of(draw(history(losses, 100)))["training loss, mean of 4"]
    iterations, values = smooth.get_data()
    assert list(iterations) == list(range(103, 300))
    assert values[0] == pytest.approx(np.mean(losses[:4]))
    assert values[-1] == pytest.approx(np.mean(losses[-4:]))


def test_the_legend_names_every_line_and_covers_none(draw):
    figure = draw(history([1.0] * 100, loss=[(0, 1.0)], accuracy=[(0, 0.5)]))
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(lines_of(figure))
    box = legend.get_window_extent()
    assert box.height > 0
    for axes in figure.axes:
        assert not box.overlaps(axes.get_tightbbox())


def test_lines_differ_in_colour_and_losses_from_scores_in_marker(draw):
    figure = draw(
        history(
            [1.0] * 100,
            **{"loss1/loss": [(0, 1.0)], "loss2/loss": [(0, 1.1)], "loss3": [(0, 1.2)]},
            top1=[(0, 0.5)],
            top5=[(0, 0.8)],
        )
    )
    lines = lines_of(figure)
    tests = {label: line for label, line in lines.items() if label.startswith("test")}
    assert len({line.get_color() for line in tests.values()}) == len(tests) == 5
    for label, line in tests.items():
        assert line.get_marker() == ("s" if "top" in label else "o")
        assert line.get_color() != lines["training loss"].get_color()


def test_more_outputs_than_colours_are_all_drawn(draw):
    scores = {f"accuracy[{i}]": [(0, i / 10)] for i in range(10)}
    assert len(lines_of(draw(history([1.0], **scores)))) == 11


def test_scores_that_are_no_shares_keep_their_numbers(draw):
    figure = draw(history([1.0], distance=[(0, 12.5), (5, 3.0)]))
    line = lines_of(figure)["test distance (right)"]
    assert line.get_ydata().tolist() == [12.5, 3.0]
    assert figure.axes[1].get_ylabel() == "test score"
    assert texts_of(figure) == ["3"]


@pytest.mark.parametrize(
    ("losses", "major", "minor"),
    [
        ([10.0, 1.0, 0.1, 0.01], {"10", "1", "0.1", "0.01"}, {""}),
        ([0.95, 0.55], set(), {"0.9", "0.8", "0.7", "0.6"}),
    ],
)
def test_losses_are_written_as_people_do(losses, major, minor, draw):
    figure = draw(history(losses))
    axis = figure.axes[0].yaxis
    assert major <= {text.get_text() for text in axis.get_ticklabels()}
    assert minor <= {text.get_text() for text in axis.get_ticklabels(minor=True)}


# --- odd trainings --------------------------------------------------------------------------------


@pytest.mark.parametrize("losses", [[2.3], [2.3, 2.2]])
def test_few_iterations_can_be_seen(losses, draw):
    line = lines_of(draw(history(losses)))["training loss"]
    assert line.get_marker() == "."
    assert line.get_alpha() is None


def test_iterations_are_whole_numbers(draw):
    figure = draw(history([2.3]))
    figure.canvas.draw()
    left, right = figure.axes[0].get_xlim()
    shown = [tick for tick in figure.axes[0].get_xticks() if left <= tick <= right]
    assert shown == [0]


def test_a_training_without_tests_has_one_scale(draw):
    figure = draw(history([2.0, 1.0]))
    assert len(figure.axes) == 1
    assert list(lines_of(figure)) == ["training loss"]


def test_an_empty_history_is_an_empty_picture(draw):
    figure = draw(history())
    assert lines_of(figure) == {}
    assert figure.legends == []


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ([0.0] * 5, "linear"),
        ([-1.0, -2.0, -3.0], "linear"),
        ([1.0, 0.5, 0.0], "log"),
        ([NAN, NAN, 1.0], "linear"),
        ([NAN, 2.0, 1.0], "log"),
    ],
)
def test_losses_without_a_logarithm(losses, scale, draw):
    figure = draw(history(losses))
    assert figure.axes[0].get_yscale() == scale
    assert all(math.isfinite(limit) for limit in figure.axes[0].get_ylim())


def test_a_zero_among_losses_is_a_gap_not_a_fall(draw):
    axes = draw(history([1.0, 0.0, 0.5])).axes[0]
    assert not math.isfinite(axes.transScale.transform((1, 0.0))[1])
    assert axes.get_ylim()[0] > 0.1


@pytest.mark.parametrize("rows", [[(0, NAN)], [(0, 0.1), (1, NAN)], [(0, NAN), (1, 0.5)]])
def test_scores_that_are_no_numbers_do_not_prevent_the_picture(rows, draw):
    figure = draw(history([1.0], accuracy=rows))
    assert all(math.isfinite(limit) for limit in figure.axes[1].get_ylim())


# --- the file -------------------------------------------------------------------------------------


def test_a_folder_that_is_missing_is_explained(tmp_path):
    with pytest.raises(blobnet.BlobnetError, match=r"curves\.png"):
        save_training_curves(history([1.0]), tmp_path / "none" / "curves.png", "a training")


def test_without_matplotlib_there_is_an_error_with_a_way_out(tmp_path, monkeypatch):
    def missing(module, extra, purpose):
        return import_extra(f"no_{module}", extra, purpose)

    import_extra = curves.import_extra
    monkeypatch.setattr(curves, "import_extra", missing)
    with pytest.raises(blobnet.MissingExtraError, match=r"blobnet\[plot\]"):
        save_training_curves(history([1.0]), tmp_path / "curves.png", "a training")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["$\\frac{a$", "_a", "a\nb\x1b", "😀", "x" * 10**5])
@pytest.mark.parametrize("value", [1e308, -1e308, math.nan, math.inf, 5e-324])
def test_any_name_and_any_number_is_drawn(name, value, tmp_path):
    history = TrainingHistory()
    history.first_iter, history.losses = 0, [1e308, -1e308, value]
    history.tests = {name: [(0, 1.0), (2, value)], f"loss {name}": [(0, value), (2, value)]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path = save_training_curves(history, tmp_path / "curves.png", name)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_of_thousands_of_outputs_the_first_are_drawn_and_the_legend_says_so(draw):
    figure = draw(history([1.0, 0.5], **{f"a{i}": [(0, 0.1), (2, 0.5)] for i in range(5000)}))
    (legend,) = figure.legends
    assert sum(line.get_marker() != "v" for line in figure.axes[1].get_lines()) == 200
    assert len(legend.get_texts()) == 40
    assert legend.get_title().get_text() == "and 161 more, 4,800 tests not drawn"
