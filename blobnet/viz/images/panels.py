"""Small images side by side, with a title: filters, feature maps. Needs the extra `plot`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.types import Array
from blobnet.viz.curves import BLUE, drawable, plain_texts, save_figure, write_title

PURPOSE = "drawing filters and feature maps"
_INCHES = 4.6  # of a panel, where there are several
_BETWEEN_GRAYS = "#9EC5E8"  # white is a value there
_MARGIN = 0.12  # inches around each panel
_FEW = 20  # bars, of which each has its number
_LARGE = 1e30  # differences of larger numbers may be too large for float32


@dataclass(frozen=True)
class Panel:
    """What is drawn as one: all its tiles have the same scale.

    title  its name, and in a second line what is seen
    tiles   (rows, columns, height, width): a shade for each number; with an axis more, of 3:
            colours (red, green, blue) from 0 to 1. Or (n,): bars
    shades  matplotlib's name for them
    signed  0 is in the middle of the scale
    """

    title: str
    tiles: Array
    shades: str = "viridis"
    signed: bool = False


def tile(images: Array) -> Array:
    """(n, height, width, ...) as rows and columns that make about a square; the rest is nan."""
    count, height, width = images.shape[:3]
    columns = max(math.ceil(math.sqrt(count * height / width)), 1)
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    tiles = np.full((rows * columns, *images.shape[1:]), np.nan, images.dtype)
    tiles[:count] = images
    return tiles.reshape(rows, columns, *images.shape[1:])


def one_image(tiles: Array) -> Array:
    """The tiles of a panel as one image, with gaps of nan between them."""
    rows, columns, height, width, *colors = tiles.shape
    gap = max(round(max(height, width) / 16), 1)
    image = np.full(
        (rows, height + gap, columns, width + gap, *colors), np.nan, np.result_type(tiles, "f4")
    )
    image[:, :height, :, :width] = tiles.swapaxes(1, 2)
    image = image.reshape(rows * (height + gap), columns * (width + gap), *colors)
    return image[:-gap, :-gap]


@plain_texts()
def save_panels(panels: Sequence[Panel], path: str | PathLike[str], heading: str) -> Path:
    """Write a PNG. Raises MissingExtraError where matplotlib is not installed."""
    module = import_extra("matplotlib.figure", "plot", PURPOSE)
    columns = min(len(panels), 1 if len(panels) == 1 else 2 if len(panels) <= 4 else 3)
    rows = math.ceil(len(panels) / columns)
    inches = _INCHES * (1.7 if len(panels) == 1 else 1)
    size = (inches * columns, 0.97 * inches * rows + 0.4)
    figure = module.Figure(figsize=size, dpi=120, layout="constrained")
    figure.get_layout_engine().set(w_pad=_MARGIN, h_pad=_MARGIN)
    write_title(figure, heading)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    for axes, panel in zip(grid.flat, panels, strict=False):
        axes.set_title(panel.title, fontsize=9)
        draw = _draw_bars if panel.tiles.ndim == 1 else _draw_image
        draw(figure, axes, panel)
    return save_figure(figure, path)


def _draw_image(figure: Any, axes: Any, panel: Panel) -> None:
    axes.set_axis_off()
    image = one_image(panel.tiles)
    if image.ndim == 3:
        axes.imshow(np.where(np.isnan(image), 1, image).clip(0, 1))
        return
    finite = image[np.isfinite(image)]
    if finite.size and np.abs(finite).max() > _LARGE:
        image = drawable(image)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if panel.signed:
        high = max(high, -low)
        low = -high
    if low == high:
        low, high = low - 1, high + 1
    grays = panel.shades == "gray"
    drawn = axes.imshow(image, cmap=panel.shades, vmin=low, vmax=high)
    drawn.set_cmap(drawn.get_cmap().with_extremes(bad=_BETWEEN_GRAYS if grays else "white"))
    bar = figure.colorbar(drawn, ax=axes, shrink=0.7, aspect=30, pad=0.02)
    bar.ax.tick_params(labelsize=8)


def _draw_bars(figure: Any, axes: Any, panel: Panel) -> None:
    count = len(panel.tiles)
    width = 0.8 if count <= _FEW else 1.0
    axes.bar(np.arange(count), drawable(panel.tiles), width=width, color=BLUE)
    axes.set_box_aspect(0.8)
    axes.grid(axis="y", alpha=0.3)
    axes.tick_params(labelsize=8)
    if count <= _FEW:
        axes.set_xticks(range(count))
    else:
        axes.xaxis.get_major_locator().set_params(integer=True)
