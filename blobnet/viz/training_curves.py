"""A training as a picture: loss and test scores over the iterations. Needs the extra `plot`."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.serialization.files import atomic_write
from blobnet.solver import Solver, SolverCallback

# Okabe and Ito's colours: people who see few colours can tell them apart.
_LOSS_COLOR, _TEST_LOSS_COLOR, _SCORE_COLOR = "#56B4E9", "#0072B2", "#D55E00"


class TrainingHistory(SolverCallback):
    """Remembers the loss of every iteration and the scores of every test.

    losses  the train net's loss, iteration by iteration, starting at `first_iter`
    tests   output name to its (iteration, mean) pairs
    """

    def __init__(self) -> None:
        self.first_iter: int | None = None
        self.losses: list[float] = []
        self.tests: dict[str, list[tuple[int, float]]] = {}

    def on_update(self, solver: Solver) -> None:
        if self.first_iter is None:
            self.first_iter = solver.iter - 1
        self.losses.append(solver.loss)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        for name, value in scores.items():
            self.tests.setdefault(name, []).append((solver.iter, value))


def save_training_curves(history: TrainingHistory, path: str | PathLike[str], title: str) -> Path:
    """Draw losses (left scale, logarithmic) and other test scores (right scale) as a PNG.

    Raises MissingExtraError where matplotlib is not installed.
    """
    figure_module = import_extra("matplotlib.figure", "plot", "drawing a training's curves")
    figure = figure_module.Figure(figsize=(9, 5), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    axes.set(title=title, xlabel="iteration", ylabel="loss", yscale="log")
    axes.grid(alpha=0.3)
    _draw_losses(axes, history)
    scores = {name: rows for name, rows in history.tests.items() if "loss" not in name}
    lines = list(axes.get_lines())
    if scores:
        lines += _draw_scores(axes.twinx(), scores)
    figure.legend(handles=lines, loc="outside lower center", ncols=4, frameon=False)
    with atomic_write(path) as temporary:
        figure.savefig(temporary, format="png")
    return Path(path)


def _draw_losses(axes: Any, history: TrainingHistory) -> None:
    iterations = np.arange(len(history.losses)) + (history.first_iter or 0)
    axes.plot(
        iterations, history.losses, color=_LOSS_COLOR, lw=0.6, alpha=0.5, label="training loss"
    )
    window = max(len(history.losses) // 50, 1)
    if window > 1:
        smooth = np.convolve(history.losses, np.ones(window) / window, mode="valid")
        axes.plot(
            iterations[window - 1 :],
            smooth,
            color=_LOSS_COLOR,
            label=f"training loss, mean of {window}",
        )
    for name, rows in history.tests.items():
        if "loss" in name:
            axes.plot(
                *zip(*rows, strict=True), "o-", color=_TEST_LOSS_COLOR, ms=4, label=f"test {name}"
            )


def _draw_scores(axes: Any, scores: dict[str, list[tuple[int, float]]]) -> list[Any]:
    """Test scores as percentages, the last one written beside its point."""
    lines = []
    for name, rows in scores.items():
        iterations, values = zip(*rows, strict=True)
        percent = 100 * np.array(values)
        lines += axes.plot(
            iterations, percent, "s-", color=_SCORE_COLOR, ms=4, label=f"test {name} (right)"
        )
        axes.annotate(
            f"{percent[-1]:.2f} %",
            (iterations[-1], percent[-1]),
            xytext=(0, -14),
            textcoords="offset points",
            ha="right",
            color=_SCORE_COLOR,
        )
    axes.set(ylabel="test score in %", ylim=(max(0, min(_worst(scores)) - 5), 101))
    return lines


def _worst(scores: dict[str, list[tuple[int, float]]]) -> list[float]:
    """The lowest scores, in percent, leaving out those from before the training."""
    return [100 * min(value for _, value in (rows[1:] or rows)) for rows in scores.values()]
