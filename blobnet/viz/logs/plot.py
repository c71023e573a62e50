"""Loss, scores and rate of trainings, from their logs, in one picture. Needs the extra `plot`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.types import Array
from blobnet.viz import curves
from blobnet.viz.curves import label_of
from blobnet.viz.logs.panels import MOST_CURVES, Panel, check_names, check_times, panels_of
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
_PLAIN_BELOW = 1e6  # numbers that are written without a power of ten
_MOST_RUNS = 30  # names of trainings above the picture


@curves.plain_texts()
def save_log_plot(
    runs: Sequence[LoggedRun],
    path: str | PathLike[str],
    x: Axis = "iterations",
    only: Sequence[str] = (),
    most: int = MOST_CURVES,
    *,
    title: str = "",
    smooth: int = 1,
) -> Path:
    """Draw trainings, one above the other: losses, scores, learning rate.

    runs  as `read_log` and `read_logs` give them
    x     what goes to the right: iterations, or seconds of training
    only  names: what the log calls otherwise is left out; `loss` is the displayed one too, `lr`
          the rate; empty for all
    most  curves on one scale: of more than these the first ones are drawn, and the picture says
          how many are not
    title   above the picture; of one training its name where nothing else is said
    smooth  lines of the log whose mean makes a point of a loss; 1: the losses as they are, and
            where there are many, their mean of a fiftieth beside them

    Losses have a logarithmic scale where they are positive; a loss or score that is no finite
    number is marked by a cross at the upper edge. Raises DataError where there is nothing to
    draw, MissingExtraError where matplotlib is not installed.
    """
    check_names(runs, only)
    if x == "seconds":
        check_times(runs)
    panels = panels_of(runs, only, most)
    if not panels:
        raise DataError(explain("there is no training to draw", got=f"{len(runs)} logs"))
    heights = [panel.height for panel in panels]
    figure = curves.new_figure(11, 1.2 + sum(heights))
    grid = figure.subplots(
        len(panels), sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        _draw_panel(axes, panel, len(runs), x, smooth)
    grid[-1, 0].set_xlabel("iteration" if x == "iterations" else "seconds of training")
    curves.whole_iterations(grid[-1, 0])
    _name_runs(figure, runs, title)
    return curves.save_figure(figure, path)


# --- drawing --------------------------------------------------------------------------------------


def _draw_panel(axes: Any, panel: Panel, run_count: int, x: Axis, smooth: int) -> None:
    factor = curves.percent_factor(panel.values()) if panel.title == "score" else 1
    axes.grid(alpha=0.3)
    axes.set_ylabel(panel.title + (" in %" if factor == 100 else ""))
    _scale(axes, panel, factor)
    lines: dict[str, Any] = {}
    quantities = {label: place for place, label in enumerate(panel.labels)}
    crossed = below = False
    for number, series in panel.series:
        style = _style(panel.title, quantities[series.label], number, run_count)
        line = _draw_series(axes, series, x, factor, style, smooth)
        crossed |= mark_no_numbers(axes, series, x, style["color"])
        if factor == 100:
            at, values = points_of(series, x)
            below |= curves.mark_below(axes, at, factor * values, style["color"])
        if panel.title == "score" and run_count == 1:
            line.set_label(_with_last(series, factor))
        lines.setdefault(series.label, line)
    handles = [_handle(line, name, run_count) for name, line in lines.items()]
    if panel.labels != [panel.title] or panel.left_out or below:
        marks = {"x": "not a finite number"} if crossed else {}
        marks |= {"v": "below the picture"} if below else {}
        _list_lines(axes, handles, marks, panel.left_out)


def _scale(axes: Any, panel: Panel, factor: int) -> None:
    finite = [value for value in curves.drawable(list(panel.values())) if not math.isnan(value)]
    if panel.title == "loss":
        curves.scale_losses(axes, finite)
    elif factor == 100:
        curves.scale_percent(axes, [series.values for _, series in panel.series])
    elif panel.title == "learning rate":
        if max(map(abs, finite), default=0) < _PLAIN_BELOW:
            axes.ticklabel_format(axis="y", style="plain", useOffset=False)
        if finite and 0 < min(finite) < max(finite) / 5:
            curves.scale_by_powers(axes)
        elif finite and max(finite) > 0:
            axes.set_ylim(0, 1.15 * max(finite))


def _style(title: str, quantity: int, run: int, run_count: int) -> dict[str, Any]:
    if run_count == 1:
        colors = _LINE_COLORS[title]
        dash = _DASHES[quantity // len(colors) % len(_DASHES)]
        return {"color": colors[quantity % len(colors)], "linestyle": dash}
    return {**run_style(run), "linestyle": _DASHES[quantity % len(_DASHES)]}


def run_style(run: int) -> dict[str, Any]:
    marker = _MARKERS[run % len(_MARKERS)]
    return {"color": _RUN_COLORS[run % len(_RUN_COLORS)], "marker": marker, "ms": 5}


def _draw_series(
    axes: Any, series: Series, x: Axis, factor: int, style: dict[str, Any], smooth: int
) -> Any:
    at, values = points_of(series, x)
    values = factor * values
    if "marker" in style:
        style = {**style, "markevery": max(len(at) // 12, 1)}
    if series.kind == "test":
        marker = {"marker": "s" if not series.is_loss else "o", "ms": 4} if len(at) < 100 else {}
        return axes.plot(at, values, label=label_of(series.label), **(marker | style))[0]
    if series.kind == "rate":
        steps = {"drawstyle": "steps-post"} | ({"marker": "."} if len(at) < curves.FEW else {})
        return axes.plot(at, values, label=label_of(series.label), **(steps | style))[0]
    if smooth > 1 and len(at) >= smooth:
        label = f"{label_of(series.label)}, mean of {smooth}"
        values = curves.running_mean(values, smooth)
        return axes.plot(at[smooth - 1 :], values, label=label, **style)[0]
    return curves.draw_noisy(axes, at, values, label_of(series.label), **style)


def _with_last(series: Series, factor: int) -> str:
    last = factor * series.values[-1]
    return f"{label_of(series.label)}: " + (f"{last:.2f} %" if factor == 100 else f"{last:.4g}")


def points_of(series: Series, x: Axis) -> tuple[Array, Array]:
    values = curves.drawable(series.values)
    return np.array(series.iterations if x == "iterations" else series.seconds), values


def mark_no_numbers(axes: Any, series: Series, x: Axis, color: str) -> bool:
    """Crosses at the upper edge, where a value is nan or infinite; returns whether there are."""
    at, values = points_of(series, x)
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
    return type(line)([], [], color=_GRAY, linestyle=line.get_linestyle(), label=label_of(label))


def _list_lines(axes: Any, handles: list[Any], marks: dict[str, str], left_out: int) -> None:
    more = len(handles) - _LONGEST_LEGEND
    words = [f"and {more} more"] if more > 0 else []
    words += [f"{left_out:,} not drawn"] if left_out else []
    handles = handles[:_LONGEST_LEGEND]
    for marker, words_for_it in marks.items():
        style = {"color": _GRAY, "marker": marker, "linestyle": "none"}
        handles.append(type(handles[0])([], [], **style, label=words_for_it))
    axes.legend(
        handles=handles,
        title=", ".join(words) or None,
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        borderaxespad=0,
        frameon=False,
        handlelength=3,
    )


def _name_runs(figure: Any, runs: Sequence[LoggedRun], title: str) -> None:
    if len(runs) == 1:
        curves.write_title(figure, title or runs[0].name)
        return
    some = figure.axes[0].get_lines()[0]
    handles = [
        type(some)([], [], **run_style(number), label=label_of(run.name))
        for number, run in enumerate(runs[:_MOST_RUNS])
    ]
    more = len(runs) - _MOST_RUNS
    words = [label_of(title, 200)] if title else []
    words += [f"and {more:,} more trainings"] if more > 0 else []
    place = {"loc": "outside upper center", "ncols": min(len(runs), 3)}
    figure.legend(handles=handles, title="\n".join(words) or None, **place)
