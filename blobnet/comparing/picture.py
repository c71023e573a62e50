"""A comparison as a picture: a bar for each blob, as long as both sides are apart there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.comparing.blobs import ComparedBlob, Comparison
from blobnet.extras import import_extra
from blobnet.viz.curves import (
    BLUE,
    ORANGE,
    SKY,
    VERMILION,
    plain_texts,
    save_figure,
    scale_by_powers,
    write_title,
)
from blobnet.viz.names import visible

PURPOSE = "drawing a comparison"
_FLOOR = 1e-9  # what does not differ has a stub of a bar
_TOP = 10.0
_WITH_NAMES = 80  # blobs, at most, that all have names
_LETTERS = 28


@plain_texts()
def save_comparison(
    comparison: Comparison, tolerance: float, path: str | PathLike[str], heading: str
) -> Path:
    """Write a PNG; the first blob beyond the tolerance is marked.

    Raises MissingExtraError where matplotlib is not installed.
    """
    module = import_extra("matplotlib.figure", "plot", PURPOSE)
    ticker = import_extra("matplotlib.ticker", "plot", PURPOSE)
    blobs = comparison.blobs
    first = next(comparison.beyond(tolerance), None)
    width = min(max(0.2 * len(blobs), 6), 18)
    figure = module.Figure(figsize=(width + 1, 5.5), dpi=120, layout="constrained")
    write_title(figure, heading)
    axes = figure.subplots()
    heights = [_height(blob) for blob in blobs]
    colors = [_color(blob, first, tolerance) for blob in blobs]
    bottom = _FLOOR / 4  # a logarithmic scale has no zero to stand on
    axes.bar(np.arange(len(blobs)), heights, bottom=bottom, color=colors, width=0.8)
    axes.set_ylim(_FLOOR / 2, _TOP * 3)
    axes.set_xlim(-0.8, len(blobs) - 0.2)
    scale_by_powers(axes)
    axes.yaxis.set_major_locator(ticker.LogLocator(numticks=12))
    handles = []
    if tolerance > 0:
        line = axes.axhline(tolerance, color=ORANGE, linestyle="--")
        line.set_label(f"tolerance {tolerance:g}")
        handles.append(line)
    if first is not None:
        handles += _mark(axes, list(blobs).index(first), first)
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8)
    axes.set_ylabel("largest difference / largest value")
    axes.set_xlabel("blobs in the order of the net")
    axes.grid(axis="y", alpha=0.3)
    _name_blobs(axes, blobs)
    return save_figure(figure, path)


def _height(blob: ComparedBlob) -> float:
    relative = blob.apart.relative
    return min(max(relative, _FLOOR), _TOP) if math.isfinite(relative) else _TOP


def _color(blob: ComparedBlob, first: ComparedBlob | None, tolerance: float) -> str:
    if blob is first:
        return VERMILION
    return BLUE if not blob.apart.relative <= tolerance else SKY


def _mark(axes: Any, place: int, first: ComparedBlob) -> list[Any]:
    """An arrow onto the first bar beyond the tolerance; what the legend says of it."""
    patches = import_extra("matplotlib.patches", "plot", PURPOSE)
    above = _height(first) * 2
    axes.plot([place], [above], marker="v", markersize=8, color=VERMILION, linestyle="")
    name = f"the first beyond it: {visible(first.name, 40)}"
    return [
        patches.Patch(color=VERMILION, label=name),
        patches.Patch(color=BLUE, label="others beyond it"),
    ]


def _name_blobs(axes: Any, blobs: Sequence[ComparedBlob]) -> None:
    step = -(-len(blobs) // _WITH_NAMES)
    places = range(0, len(blobs), step)
    words = [visible(blobs[place].name, _LETTERS) for place in places]
    axes.set_xticks(places, words, rotation=90, fontsize=7)
