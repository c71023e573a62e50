"""The recorded sizes as a picture: a row for each layer, a column for each iteration."""

from __future__ import annotations

import math
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array
from blobnet.viz.curves import plain_texts, save_figure, write_title
from blobnet.viz.gradients.recorder import GradientRecorder, LayerRecord
from blobnet.viz.names import visible

PURPOSE = "drawing gradients"

_PARTS = {
    "data": "data (what a layer gives)",
    "delta": "delta (the gradient that comes back)",
    "change": "weight change (by one update)",
}
_MEASURES = {"mean": "mean size", "largest": "largest size", "zeros": "share of zeros"}
_COLORS = "viridis"  # from dark to bright for every eye, and in grey
_ZERO, _NOT_FINITE, _NOTHING = "#D55E00", "#000000", "#E4E4E4"
_KEY = {
    _ZERO: "exactly 0",
    _NOT_FINITE: "not a finite number",
    _NOTHING: "nothing to measure",
}
_ROW, _LEAST, _MOST = 0.17, 1.3, 6.0  # inches: a row, a panel at least and at most
_NAMES_PER_INCH = 8


@plain_texts()
def save_gradient_picture(
    recorder: GradientRecorder, path: str | PathLike[str], title: str
) -> Path:
    """Draw mean, largest value and share of zeros of data, delta and weight change as a PNG.

    Sizes have a logarithmic scale. Raises MissingExtraError where matplotlib is not installed.
    """
    figure_module = import_extra("matplotlib.figure", "plot", PURPOSE)
    height = min(max(_ROW * len(recorder.layers), _LEAST), _MOST)
    size = (15, 3 * height + 1.8)
    figure = figure_module.Figure(figsize=size, dpi=100, layout="constrained")
    write_title(figure, title)
    grid = figure.subplots(len(_MEASURES), len(_PARTS), squeeze=False)
    seen: set[str] = set()
    for column, part in enumerate(_PARTS):
        layers = [record for record in recorder.layers if _has(record, part)]
        for row, measure in enumerate(_MEASURES):
            axes = grid[row, column]
            axes.set_title(f"{_PARTS[part]}: {_MEASURES[measure]}", fontsize=11)
            _draw(axes, recorder, table_of(layers, part, measure), measure == "zeros", seen)
            _name_rows(axes, layers, height)
        axes.set_xlabel("iteration")
    _add_key(figure, seen)
    return save_figure(figure, path)


def table_of(layers: list[LayerRecord], part: str, measure: str) -> Array:
    """One number for each layer (rows, the data first) and recorded iteration (columns)."""
    rows = [[getattr(size, measure) for size in getattr(layer, part)] for layer in layers]
    return np.array(rows, float)


def _has(record: LayerRecord, part: str) -> bool:
    """Whether there was anything to measure, in any iteration."""
    return any(not math.isnan(size.mean) for size in getattr(record, part))


def _draw(
    axes: Any, recorder: GradientRecorder, values: Array, shares: bool, seen: set[str]
) -> None:
    """One panel of shares or sizes; `seen` gets the colours that stand for no number."""
    if not values.size:
        axes.set_xticks([])
        return
    if shares:
        drawn, low, high = 100 * values, 0.0, 100.0
    else:
        drawn, low, high = _logarithms(values)
        special = {_ZERO: values == 0, _NOT_FINITE: np.isposinf(values)}
        seen.update(color for color, where in special.items() if where.any())
    if np.isnan(values).any():
        seen.add(_NOTHING)
    colormaps = import_extra("matplotlib", "plot", PURPOSE).colormaps
    colors = colormaps[_COLORS].with_extremes(bad=_NOTHING, under=_ZERO, over=_NOT_FINITE)
    half = recorder.every / 2
    first, last = recorder.iterations[0], recorder.iterations[-1]
    image = axes.imshow(
        np.ma.masked_invalid(np.where(np.isinf(drawn), np.sign(drawn) * 1e9, drawn)),
        cmap=colors,
        vmin=low,
        vmax=high,
        aspect="auto",
        interpolation="nearest",
        extent=(first - half, last + half, len(values) - 0.5, -0.5),
    )
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    _add_scale(axes, image, "%d %%" if shares else "1e%+03d")


def _logarithms(values: Array) -> tuple[Array, float, float]:
    """Powers of ten, and whole ones between which the finite among them lie."""
    with overflow_allowed():
        powers = np.log10(values)
    finite = powers[np.isfinite(powers)]
    if not finite.size:
        return powers, 0.0, 1.0
    low, high = math.floor(finite.min()), math.ceil(finite.max())
    return powers, low, max(high, low + 1)


def _add_scale(axes: Any, image: Any, form: str) -> None:
    ticker = import_extra("matplotlib.ticker", "plot", PURPOSE)
    axes.figure.colorbar(
        image,
        ax=axes,
        pad=0.02,
        aspect=30,
        extend="neither",
        ticks=ticker.MaxNLocator(6, integer=True, min_n_ticks=2),
        format=ticker.FuncFormatter(lambda value, place: form % round(value)),
    )


def _name_rows(axes: Any, layers: list[LayerRecord], height: float) -> None:
    """Write the layers' names; of many only some, so that they can be read."""
    step = max(1, math.ceil(len(layers) / (_NAMES_PER_INCH * height)))
    rows = range(0, len(layers), step)
    axes.set_yticks(rows, [visible(layers[row].name, 40) for row in rows], fontsize=8)


def _add_key(figure: Any, seen: set[str]) -> None:
    """What the colours mean that stand for no number."""
    patches = import_extra("matplotlib.patches", "plot", PURPOSE)
    used = [(color, words) for color, words in _KEY.items() if color in seen]
    if used:
        handles = [patches.Patch(color=color, label=words) for color, words in used]
        figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
