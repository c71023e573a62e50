"""Which curves a picture of logs shows, and on which of its scales."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from blobnet.errors import DataError, did_you_mean, explain
from blobnet.viz.logs.run import LoggedRun, Series

MOST_CURVES = 200
"""So many curves share a scale where nothing else is said."""
_ORDER = ("loss", "train", "test", "rate")


@dataclass
class Panel:
    """One of the scales, one above the other, and what belongs there: (number of run, series).

    left_out  how many curves there would be besides
    """

    title: str
    height: float
    series: list[tuple[int, Series]] = field(default_factory=list)
    left_out: int = 0

    @property
    def labels(self) -> list[str]:
        """The quantities, in the order of their first appearance."""
        return list(dict.fromkeys(series.label for _, series in self.series))

    def keep(self, most: int) -> None:
        """Of more than `most` curves keep the first quantities, each of as many runs as fit."""
        if len(self.series) <= most:
            return
        runs = len({run for run, _ in self.series})
        kept = set(self.labels[: max(most // runs, 1)])
        drawn = [pair for pair in self.series if pair[1].label in kept][:most]
        self.left_out = len(self.series) - len(drawn)
        self.series = drawn

    def values(self) -> Iterable[float]:
        return (value for _, series in self.series for value in series.values)


def curves_left_out(
    runs: Sequence[LoggedRun], only: Sequence[str] = (), most: int = MOST_CURVES
) -> dict[str, tuple[int, int]]:
    """Of each scale that cannot show all its curves: how many it shows, and how many there are."""
    return {
        panel.title: (len(panel.series), len(panel.series) + panel.left_out)
        for panel in panels_of(runs, only, most)
        if panel.left_out
    }


def _chosen(run: LoggedRun, only: Sequence[str]) -> list[Series]:
    """The series to draw; an output of the train net that is the displayed loss is left out."""
    shown = {row for series in run.series if series.kind == "loss" for row in _rows(series)}
    wanted = []
    for series in sorted(run.series, key=lambda series: _ORDER.index(series.kind)):
        is_shown = series.kind == "train" and shown.issuperset(_rows(series))
        if not is_shown and (not only or _names(series) & set(only)):
            wanted.append(series)
    return wanted


def _rows(series: Series) -> Iterable[tuple[int, str]]:
    """The points, with texts: a nan is unlike itself."""
    return zip(series.iterations, map(repr, series.values), strict=True)


def _names(series: Series) -> set[str]:
    """What a series may be called: `accuracy[3] #1` is one of `accuracy` too."""
    name = series.name.split(" #")[0]
    return {series.name, name, name.split("[")[0]}


def check_names(runs: Sequence[LoggedRun], only: Sequence[str]) -> None:
    known = {name for run in runs for series in run.series for name in _names(series)}
    for name in only:
        if name not in known:
            raise DataError(
                explain(
                    f"nothing in the log is named {name}",
                    expected=f"one of {', '.join(sorted(known))}",
                    fix=did_you_mean(name, known),
                )
            )


def panels_of(runs: Sequence[LoggedRun], only: Sequence[str], most: int) -> list[Panel]:
    panels = [panel for panel in _panels([_chosen(run, only) for run in runs]) if panel.series]
    for panel in panels:
        panel.keep(most)
    return panels


def _panels(runs: Sequence[Sequence[Series]]) -> list[Panel]:
    loss, score, rate = Panel("loss", 3.2), Panel("score", 2.6), Panel("learning rate", 1.5)
    for number, run in enumerate(runs):
        for series in run:
            panel = rate if series.kind == "rate" else loss if series.is_loss else score
            if series.values:
                panel.series.append((number, series))
    return [loss, score, rate]


def check_times(runs: Sequence[LoggedRun]) -> None:
    for run in runs:
        if any(map(math.isnan, (at for series in run.series for at in series.seconds))):
            raise DataError(
                explain(
                    f"{run.name}: the lines of this log have no times",
                    expected="glog's prefix: I1123 03:19:27.278252 10241 solver.cpp:239]",
                    fix="draw it over iterations: --x iterations",
                )
            )
