"""A training as a picture: loss and test scores over the iterations. Needs the extra `plot`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.solver.history import Rows, TrainingHistory
from blobnet.viz import curves
from blobnet.viz.names import visible

# In a printer without colours losses have round markers and scores square ones.
_TRAINING_COLOR = curves.SKY
_LOSS_COLORS = (curves.BLUE, curves.GREEN, curves.BLACK)
_SCORE_COLORS = (curves.VERMILION, curves.PURPLE, curves.ORANGE)

MOST_CURVES = 200
"""So many test outputs are drawn: the first ones."""
_LONGEST_LEGEND = 40


@curves.plain_texts()
def save_training_curves(history: TrainingHistory, path: str | PathLike[str], title: str) -> Path:
    """Draw losses (left scale) and other test scores (right scale) as a PNG.

    The scale of losses is logarithmic where they are positive; of more than MOST_CURVES test
    outputs the first ones are drawn. Raises MissingExtraError where
    matplotlib is not installed.
    """
    figure = curves.new_figure(9, 5)
    axes = figure.add_subplot()
    axes.set(xlabel="iteration", ylabel="loss")
    curves.write_title(axes, title)
    curves.whole_iterations(axes)
    axes.grid(alpha=0.3)
    drawn = dict(islice(history.tests.items(), MOST_CURVES))
    losses = {name: rows for name, rows in drawn.items() if history.is_loss(name)}
    scores = {name: rows for name, rows in drawn.items() if name not in losses}
    curves.scale_losses(axes, [*history.losses, *_values(losses)])
    _draw_training(axes, history)
    lines = [*axes.get_lines(), *_draw_tests(axes, losses, "o-", _LOSS_COLORS)]
    if scores:
        lines += _draw_scores(axes.twinx(), scores)
    if lines:
        untold = _untold(len(lines) - _LONGEST_LEGEND, len(history.tests) - len(drawn))
        place = {"loc": "outside lower center", "ncols": 4, "frameon": False}
        figure.legend(handles=lines[:_LONGEST_LEGEND], title=untold, **place)
    return curves.save_figure(figure, path)


def _untold(more: int, left_out: int) -> str | None:
    """What the legend does not list; None where it lists all."""
    words = [f"and {more} more"] if more > 0 else []
    words += [f"{left_out:,} tests not drawn"] if left_out else []
    return ", ".join(words) or None


def _draw_training(axes: Any, history: TrainingHistory) -> None:
    if history.losses:
        iterations = np.arange(len(history.losses)) + (history.first_iter or 0)
        losses = curves.drawable(history.losses)
        curves.draw_noisy(axes, iterations, losses, "training loss", color=_TRAINING_COLOR)


def _draw_tests(
    axes: Any, tests: dict[str, Rows], style: str, colors: Iterable[str], factor: float = 1
) -> list[Any]:
    """One line for each test output."""
    lines = []
    for (name, rows), color in zip(tests.items(), cycle(colors), strict=False):
        iterations, values = zip(*rows, strict=True)
        drawn = curves.drawable(factor * np.array(values))
        lines += axes.plot(
            iterations, drawn, style, color=color, ms=4, label=f"test {visible(name, 60)}"
        )
    return lines


def _draw_scores(axes: Any, scores: dict[str, Rows]) -> list[Any]:
    """Test scores, the last one written beside its point; as percentages where they are shares."""
    factor = curves.percent_factor(_values(scores))
    shares = factor == 100
    lines = _draw_tests(axes, scores, "s-", _SCORE_COLORS, factor)
    axes.set_ylabel("test score in %" if shares else "test score")
    if shares:
        curves.scale_percent(axes, [[value for _, value in rows] for rows in scores.values()])
    for line, rows in zip(lines, scores.values(), strict=True):
        below = curves.mark_below(axes, line.get_xdata(), line.get_ydata(), line.get_color())
        line.set_label(f"{line.get_label()} (right{', arrow: below' if below else ''})")
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
