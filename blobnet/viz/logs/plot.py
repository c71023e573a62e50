"""Loss, scores and rate of trainings, from their logs, in one picture. Needs the extra `plot`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np

from blobnet.errors import DataError, did_you_mean, explain
from blobnet.types import Array
from blobnet.viz import curves
from blobnet.viz.logs.run import LoggedRun, Series

Axis = Literal["iterations", "seconds"]

# One training: a colour for each line. Several: a colour and a marker for each training, a dash
# for each quantity, so that a printer without colours can draw them too.
_RUN_COLORS = (
    curves.BLUE,
    curves.VERMILION,
    curves.GREEN,
    curves.PURPLE,
    curves.ORANGE,
    curves.SKY,
    curves.BLACK,
)
_LINE_COLORS = {
    "loss": (curves.SKY, curves.BLUE, curves.GREEN, curves.BLACK, curves.ORANGE, curves.PURPLE),
    "score": (curves.VERMILION, curves.PURPLE, curves.ORANGE, curves.BLUE, curves.BLACK),
    "learning rate": (curves.BLACK,),
}
_MARKERS = "os^DvPX<>*"
_DASHES = ("-", "--", ":", "-.")
_GRAY = "#555555"
_LONGEST_LEGEND = 14
_ORDER = ("loss", "train", "test", "rate")


@dataclass
class _Panel:
    """One of the scales, one above the other, and what belongs there: (number of run, series)."""

    title: str
    height: float
    series: list[tuple[int, Series]] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """The quantities, in the order of their first appearance."""
        return list(dict.fromkeys(series.label for _, series in self.series))

    def values(self) -> Iterable[float]:
        return (value for _, series in self.series for value in series.values)


def save_log_plot(
    runs: Sequence[LoggedRun],
    path: str | PathLike[str],
    x: Axis = "iterations",
    only: Sequence[str] = (),
) -> Path:
    """Draw trainings, one above the other: losses, scores, learning rate.

    runs  as `read_log` and `read_logs` give them
    x     what goes to the right: iterations, or seconds of training
    only  names: what the log calls otherwise is left out; `loss` is the displayed one too, `lr`
          the rate; empty for all

    Losses have a logarithmic scale where they are positive; a loss or score that is no finite
    number is marked by a cross at the upper edge. Raises DataError where there is nothing to
    draw, MissingExtraError where matplotlib is not installed.
    """
    _check_names(runs, only)
    chosen = [_chosen(run, only) for run in runs]
    if x == "seconds":
        _check_times(runs)
    panels = [panel for panel in _panels(chosen) if panel.series]
    if not panels:
        raise DataError(explain("there is no training to draw", got=f"{len(runs)} logs"))
    heights = [panel.height for panel in panels]
    figure = curves.new_figure(11, 1.2 + sum(heights))
    grid = figure.subplots(
        len(panels), sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        _draw_panel(axes, panel, len(runs), x)
    grid[-1, 0].set_xlabel("iteration" if x == "iterations" else "seconds of training")
    curves.whole_iterations(grid[-1, 0])
    _name_runs(figure, runs)
    return curves.save_figure(figure, path)


# --- what is drawn --------------------------------------------------------------------------------


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


def _check_names(runs: Sequence[LoggedRun], only: Sequence[str]) -> None:
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


def _panels(runs: Sequence[Sequence[Series]]) -> list[_Panel]:
    loss, score, rate = _Panel("loss", 3.2), _Panel("score", 2.6), _Panel("learning rate", 1.5)
    for number, run in enumerate(runs):
        for series in run:
            panel = rate if series.kind == "rate" else loss if series.is_loss else score
            if series.values:
                panel.series.append((number, series))
    return [loss, score, rate]


def _check_times(runs: Sequence[LoggedRun]) -> None:
    for run in runs:
        if any(map(math.isnan, (at for series in run.series for at in series.seconds))):
            raise DataError(
                explain(
                    f"{run.name}: the lines of this log have no times",
                    expected="glog's prefix: I1123 03:19:27.278252 10241 solver.cpp:239]",
                    fix="draw it over iterations: --x iterations",
                )
            )


# --- drawing --------------------------------------------------------------------------------------


def _draw_panel(axes: Any, panel: _Panel, run_count: int, x: Axis) -> None:
    factor = curves.percent_factor(panel.values()) if panel.title == "score" else 1
    axes.grid(alpha=0.3)
    axes.set_ylabel(panel.title + (" in %" if factor == 100 else ""))
    _scale(axes, panel, factor)
    lines: dict[str, Any] = {}
    crossed = False
    for number, series in panel.series:
        style = _style(panel, series, number, run_count)
        line = _draw_series(axes, series, x, factor, style)
        crossed |= _mark_no_numbers(axes, series, x, style["color"])
        if panel.title == "score" and run_count == 1:
            line.set_label(_with_last(series, factor))
        lines.setdefault(series.label, line)
    handles = [_handle(line, name, run_count) for name, line in lines.items()]
    if panel.labels != [panel.title]:
        _list_lines(axes, handles, crossed)


def _scale(axes: Any, panel: _Panel, factor: int) -> None:
    finite = [value for value in panel.values() if math.isfinite(value)]
    if panel.title == "loss":
        curves.scale_losses(axes, finite)
    elif factor == 100:
        curves.scale_percent(axes, [series.values for _, series in panel.series])
    elif panel.title == "learning rate":
        axes.ticklabel_format(axis="y", style="plain", useOffset=False)
        if finite and 0 < min(finite) < max(finite) / 5:
            curves.scale_by_powers(axes)
        elif finite and max(finite) > 0:
            axes.set_ylim(0, 1.15 * max(finite))


def _style(panel: _Panel, series: Series, run: int, run_count: int) -> dict[str, Any]:
    quantity = panel.labels.index(series.label)
    if run_count == 1:
        colors = _LINE_COLORS[panel.title]
        dash = _DASHES[quantity // len(colors) % len(_DASHES)]
        return {"color": colors[quantity % len(colors)], "linestyle": dash}
    return {**_run_style(run), "linestyle": _DASHES[quantity % len(_DASHES)]}


def _run_style(run: int) -> dict[str, Any]:
    marker = _MARKERS[run % len(_MARKERS)]
    return {"color": _RUN_COLORS[run % len(_RUN_COLORS)], "marker": marker, "ms": 5}


def _draw_series(axes: Any, series: Series, x: Axis, factor: int, style: dict[str, Any]) -> Any:
    at, values = _points(series, x)
    values = factor * values
    if "marker" in style:
        style = {**style, "markevery": max(len(at) // 12, 1)}
    if series.kind == "test":
        marker = {"marker": "s" if not series.is_loss else "o", "ms": 4} if len(at) < 100 else {}
        return axes.plot(at, values, label=series.label, **(marker | style))[0]
    if series.kind == "rate":
        steps = {"drawstyle": "steps-post"} | ({"marker": "."} if len(at) < curves.FEW else {})
        return axes.plot(at, values, label=series.label, **(steps | style))[0]
    return curves.draw_noisy(axes, at, values, series.label, **style)


def _with_last(series: Series, factor: int) -> str:
    last = factor * series.values[-1]
    return f"{series.label}: " + (f"{last:.2f} %" if factor == 100 else f"{last:.4g}")


def _points(series: Series, x: Axis) -> tuple[Array, Array]:
    values = np.array(series.values)
    values[~np.isfinite(values)] = np.nan
    return np.array(series.iterations if x == "iterations" else series.seconds), values


def _mark_no_numbers(axes: Any, series: Series, x: Axis, color: str) -> bool:
    """Crosses at the upper edge, where a value is nan or infinite; returns whether there are."""
    at, values = _points(series, x)
    lost = at[np.isnan(values)]
    if len(lost):
        axes.plot(
            lost,
            np.full(len(lost), 0.97),
            transform=axes.get_xaxis_transform(),
            color=color,
            marker="x",
            linestyle="none",
            label="_",
        )
    return bool(len(lost))


# --- legends --------------------------------------------------------------------------------------


def _handle(line: Any, label: str, run_count: int) -> Any:
    """What stands in the legend for a line, in no run's colour where there are several."""
    if run_count == 1:
        return line
    return type(line)([], [], color=_GRAY, linestyle=line.get_linestyle(), label=label)


def _list_lines(axes: Any, handles: list[Any], crossed: bool) -> None:
    more = len(handles) - _LONGEST_LEGEND
    title = f"and {more} more" if more > 0 else None
    handles = handles[:_LONGEST_LEGEND]
    if crossed:
        cross = {"color": _GRAY, "marker": "x", "linestyle": "none"}
        handles.append(type(handles[0])([], [], **cross, label="not a finite number"))
    axes.legend(
        handles=handles,
        title=title,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        borderaxespad=0,
        frameon=False,
        handlelength=3,
    )


def _name_runs(figure: Any, runs: Sequence[LoggedRun]) -> None:
    if len(runs) == 1:
        figure.suptitle(runs[0].name, wrap=True)
        return
    some = figure.axes[0].get_lines()[0]
    handles = [
        type(some)([], [], **_run_style(number), label=run.name) for number, run in enumerate(runs)
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=min(len(runs), 3))
