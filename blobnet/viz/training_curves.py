"""A training as a picture: loss and test scores over the iterations. Needs the extra `plot`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import cycle
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.serialization.files import atomic_write
from blobnet.solver import Solver, SolverCallback

Rows = list[tuple[int, float]]
"""(iteration, value) pairs."""

# Okabe and Ito's colours: people who see few colours can tell them apart. So can a printer that
# has none: losses have round markers and scores square ones.
_TRAINING_COLOR = "#56B4E9"
_LOSS_COLORS = ("#0072B2", "#009E73", "#000000")
_SCORE_COLORS = ("#D55E00", "#CC79A7", "#E69F00")
_FEW = 20  # points are marked where they are fewer: a single one has no line


class TrainingHistory(SolverCallback):
    """Remembers the loss of every iteration and the scores of every test.

    losses  the train net's loss, iteration by iteration, starting at `first_iter`
    tests   output name to its (iteration, mean) pairs; those of a second test net as `name #1`
    """

    def __init__(self) -> None:
        self.first_iter: int | None = None
        self.losses: list[float] = []
        self.tests: dict[str, Rows] = {}

    def on_update(self, solver: Solver) -> None:
        if self.first_iter is None:
            self.first_iter = solver.iter - 1
        self.losses.append(solver.loss)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        for name, value in scores.items():
            key = f"{name} #{test_net_id}" if test_net_id else name
            self.tests.setdefault(key, []).append((solver.iter, value))


def save_training_curves(history: TrainingHistory, path: str | PathLike[str], title: str) -> Path:
    """Draw losses (left scale) and other test scores (right scale) as a PNG.

    The scale of losses is logarithmic where they are positive. Raises MissingExtraError where
    matplotlib is not installed.
    """
    figure_module = import_extra("matplotlib.figure", "plot", "drawing a training's curves")
    figure = figure_module.Figure(figsize=(9, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlabel="iteration", ylabel="loss")
    axes.set_title(title, wrap=True)  # it may hold a long path
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    axes.grid(alpha=0.3)
    losses = {name: rows for name, rows in history.tests.items() if "loss" in name}
    scores = {name: rows for name, rows in history.tests.items() if "loss" not in name}
    _scale_losses(axes, [*history.losses, *_values(losses)])
    _draw_training(axes, history)
    lines = [*axes.get_lines(), *_draw_tests(axes, losses, "o-", _LOSS_COLORS)]
    if scores:
        lines += _draw_scores(axes.twinx(), scores)
    if lines:
        figure.legend(handles=lines, loc="outside lower center", ncols=4, frameon=False)
    with atomic_write(path) as temporary:
        figure.savefig(temporary, format="png")
    return Path(path)


def _scale_losses(axes: Any, losses: list[float]) -> None:
    """Logarithmic, with numbers as people write them, unless most losses have no logarithm."""
    positive = sum(loss > 0 for loss in losses)
    if 2 * positive <= len(losses):
        return
    ticker = import_extra("matplotlib.ticker", "plot", "drawing a training's curves")
    axes.set_yscale("log", nonpositive="mask")

    def between(value: float, place: int) -> str:
        """A number at the finer marks, where there are few powers of ten."""
        low, high = axes.get_ylim()
        return f"{value:g}" if high < 30 * low else ""

    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, place: f"{value:g}"))
    axes.yaxis.set_minor_formatter(ticker.FuncFormatter(between))


def _draw_training(axes: Any, history: TrainingHistory) -> None:
    iterations = np.arange(len(history.losses)) + (history.first_iter or 0)
    window = max(len(history.losses) // 50, 1)
    if history.losses:
        style: dict[str, Any] = {"lw": 0.6, "alpha": 0.5} if window > 1 else {}
        marker = "." if len(history.losses) < _FEW else ""
        axes.plot(
            iterations,
            history.losses,
            color=_TRAINING_COLOR,
            marker=marker,
            label="training loss",
            **style,
        )
    if window > 1:
        smooth = np.convolve(history.losses, np.ones(window) / window, mode="valid")
        axes.plot(
            iterations[window - 1 :],
            smooth,
            color=_TRAINING_COLOR,
            label=f"training loss, mean of {window}",
        )


def _draw_tests(
    axes: Any, tests: dict[str, Rows], style: str, colors: Iterable[str], factor: float = 1
) -> list[Any]:
    """One line for each test output."""
    lines = []
    for (name, rows), color in zip(tests.items(), cycle(colors), strict=False):
        iterations, values = zip(*rows, strict=True)
        drawn = factor * np.array(values)
        lines += axes.plot(iterations, drawn, style, color=color, ms=4, label=f"test {name}")
    return lines


def _draw_scores(axes: Any, scores: dict[str, Rows]) -> list[Any]:
    """Test scores, the last one written beside its point; as percentages where they are shares."""
    values = [value for value in _values(scores) if math.isfinite(value)]
    shares = bool(values) and min(values) >= 0 and max(values) <= 1
    factor = 100 if shares else 1
    lines = _draw_tests(axes, scores, "s-", _SCORE_COLORS, factor)
    axes.set_ylabel("test score in %" if shares else "test score")
    if shares:
        axes.set_ylim(max(0, 100 * _worst(scores) - 5), 100.8)
    for line, rows in zip(lines, scores.values(), strict=True):
        line.set_label(f"{line.get_label()} (right)")
        iteration, last = rows[-1][0], factor * rows[-1][1]
        axes.annotate(
            f"{last:.2f} %" if shares else f"{last:.4g}",
            (iteration, last),
            xytext=(0, -14 if last > np.mean(axes.get_ylim()) else 8),
            textcoords="offset points",
            ha="right",
            color=line.get_color(),
        )
    return lines


def _values(tests: dict[str, Rows]) -> Iterator[float]:
    return (value for rows in tests.values() for _, value in rows)


def _worst(scores: dict[str, Rows]) -> float:
    """The lowest score, leaving out those from before the training."""
    later = {name: rows[1:] or rows for name, rows in scores.items()}
    return min((value for value in _values(later) if math.isfinite(value)), default=0)
