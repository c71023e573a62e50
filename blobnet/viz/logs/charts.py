"""The eight charts of Caffe's plot_training_log.py: one quantity over iterations or seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.viz import curves
from blobnet.viz.curves import label_of
from blobnet.viz.logs.panels import check_times
from blobnet.viz.logs.plot import Axis, mark_no_numbers, points_of, run_style
from blobnet.viz.logs.run import Kind, LoggedRun, Series

_SUFFIX = ".log"
_WIDTH, _HEIGHT = 8.0, 6.0  # inches
_LINE = 0.75  # points
_MARKERS = 40  # on a line


@dataclass(frozen=True)
class Chart:
    """What a chart shows.

    kind     of the series
    is_loss  a loss or, of a test, a score; None for either
    y, x     names of the axes, as Caffe's script has them
    legend   where it stands
    """

    kind: Kind
    is_loss: bool | None
    y: str
    x: str
    legend: str

    @property
    def title(self) -> str:
        return f"{self.y}  vs. {self.x}"

    def series_of(self, run: LoggedRun) -> Series | None:
        """The first one of that kind."""
        fits = (s for s in run.series if s.kind == self.kind and self.is_loss in (None, s.is_loss))
        return next(fits, None)


_QUANTITIES: tuple[tuple[Kind, bool | None, str, str], ...] = (
    ("test", False, "Test accuracy", "lower right"),
    ("test", True, "Test loss", "upper right"),
    ("rate", None, "Train learning rate", "upper right"),
    ("loss", None, "Train loss", "upper right"),
)
CHARTS = tuple(
    Chart(kind, is_loss, y, x, legend)
    for kind, is_loss, y, legend in _QUANTITIES
    for x in ("Iters", "Seconds")
)
"""By their numbers, 0 to 7."""


@curves.plain_texts()
def save_chart(
    chart: Chart, logs: Sequence[tuple[Path, Sequence[LoggedRun]]], path: str | PathLike[str]
) -> Path:
    """Draw a chart of several logs, each with the trainings that `read_log` has found in it.

    Of several outputs of a kind the first one is drawn. Raises DataError where a log has none,
    MissingExtraError where matplotlib is not installed.
    """
    figure = curves.new_figure(_WIDTH, _HEIGHT)
    axes = figure.add_subplot()
    number = 0
    for log, runs in logs:
        if chart.x == "Seconds":
            check_times(runs)
        found = [(run, series) for run in runs if (series := chart.series_of(run))]
        if not found:
            raise DataError(_explain_nothing(chart, log, runs))
        for run, series in found:
            name = run.name if len(runs) > 1 else log.name
            _draw(axes, chart, series, name.replace(_SUFFIX, "", 1), number)
            number += 1
    axes.legend(loc=chart.legend)
    axes.set_title(chart.title)
    axes.set_xlabel(chart.x)
    axes.set_ylabel(chart.y)
    return curves.save_figure(figure, path)


def _draw(axes: Any, chart: Chart, series: Series, name: str, number: int) -> None:
    x: Axis = "iterations" if chart.x == "Iters" else "seconds"
    at, values = points_of(series, x)
    style = run_style(number)
    every = max(len(at) // _MARKERS, 1)
    axes.plot(at, values, **style, markevery=every, linewidth=_LINE, label=label_of(name))
    mark_no_numbers(axes, series, x, style["color"])


def _explain_nothing(chart: Chart, log: Path, runs: Sequence[LoggedRun]) -> str:
    labels = dict.fromkeys(series.label for run in runs for series in run.series)
    return explain(
        f"{shown(log)}: nothing to draw for {chart.title}",
        got=", ".join(label_of(label) for label in list(labels)[:10]),
        fix="blobnet plot draws all that a log has",
    )
