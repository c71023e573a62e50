"""Several nets side by side: how large the gradient is on its way from the loss to the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.types import Array
from blobnet.viz.curves import label_of, plain_texts, save_figure, scale_by_powers, write_title
from blobnet.viz.gradients.findings import EXPLODING, VANISHING
from blobnet.viz.gradients.recorder import GradientRecorder, LayerRecord
from blobnet.viz.names import visible

STYLES = (  # Okabe and Ito's colours, each with a marker and a dash of its own
    ("#0072B2", "o", "-"),
    ("#D55E00", "s", "--"),
    ("#009E73", "^", "-."),
    ("#CC79A7", "D", ":"),
    ("#E69F00", "v", "-"),
    ("#56B4E9", "P", "--"),
    ("#000000", "X", "-."),
)


def has_weights(record: LayerRecord) -> bool:
    return record.has_matrices


def delta_by_depth(
    recorder: GradientRecorder,
    entry: int = 0,
    wanted: Callable[[LayerRecord], bool] = has_weights,
) -> Array:
    """The norm of the delta over that of the gradient from the loss, from the data's end on.

    entry   which of the recorded iterations
    wanted  of which layers
    """
    deltas = [record.delta[entry].norm for record in recorder.layers if wanted(record)]
    return np.array(deltas) / recorder.loss_delta[entry]


@plain_texts()
def save_depth_picture(
    panels: Mapping[str, Mapping[str, GradientRecorder]],
    path: str | PathLike[str],
    title: str,
    *,
    entry: int = 0,
    wanted: Callable[[LayerRecord], bool] = has_weights,
) -> Path:
    """Draw as a PNG one line for each net: its deltas from the first layer to the last.

    panels  title of a panel to name of a net to its recorder
    entry   which of the recorded iterations
    wanted  which layers

    Raises MissingExtraError where matplotlib is not installed.
    """
    figure_module = import_extra("matplotlib.figure", "plot", "drawing gradients")
    size = (max(4.2 * len(panels), 8), 5)
    figure = figure_module.Figure(figsize=size, dpi=110, layout="constrained")
    write_title(figure, title)
    grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (name, nets) in zip(grid, panels.items(), strict=True):
        axes.set_title(visible(name, 60))
        draw_depth(axes, nets, entry=entry, wanted=wanted)
    for axes in grid[1:]:
        axes.set_ylabel("")
    lines = {line.get_label(): line for axes in grid for line in axes.get_lines()}
    shown = [line for label, line in lines.items() if not label.startswith("_")]
    figure.legend(handles=shown, loc="outside lower center", ncols=4, frameon=False)
    return save_figure(figure, path)


def draw_depth(
    axes: Any,
    nets: Mapping[str, GradientRecorder],
    *,
    entry: int = 0,
    wanted: Callable[[LayerRecord], bool] = has_weights,
) -> None:
    """The same into axes of matplotlib's that are there already."""
    axes.set_xlabel("layer with weights, from the data to the loss")
    scale_by_powers(axes)
    axes.set_ylabel("size of the delta, times that of the loss's gradient")
    for (net, recorder), style in zip(nets.items(), cycle(STYLES), strict=False):
        _draw_line(axes, delta_by_depth(recorder, entry, wanted), label_of(net), style)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    _draw_limits(axes)


def _draw_line(axes: Any, deltas: Array, label: str, style: tuple[str, str, str]) -> None:
    color, marker, dash = style
    places = np.arange(1, len(deltas) + 1)
    every = max(1, len(deltas) // 20)
    drawn = np.where(deltas > 0, deltas, np.nan)
    axes.plot(places, drawn, dash, color=color, marker=marker, ms=4, markevery=every, label=label)


def _draw_limits(axes: Any) -> None:
    """Beyond these lines deltas are said to vanish or to explode."""
    for limit, word, side in ((EXPLODING, "exploding", "bottom"), (VANISHING, "vanishing", "top")):
        axes.axhline(limit, color="#888888", lw=0.8)
        place = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": side}
        axes.text(0.99, limit, word, color="#666666", fontsize=8, **place)
