"""A confusion matrix as a picture: each row the items of a class, shaded by what they became."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.extras import import_extra
from blobnet.types import Array
from blobnet.viz.curves import BLUE, plain_texts, save_figure, write_title
from blobnet.viz.names import visible

PURPOSE = "drawing a confusion matrix"
_WITH_NUMBERS = 20  # classes, at most, whose cells hold numbers
_WITH_NAMES = 60  # classes, at most, whose rows and columns all have names
_LETTERS = 18
_INCHES_PER_CLASS, _LEAST, _MOST = 0.42, 3.5, 13.0


@plain_texts()
def save_confusion(
    matrix: Array, names: Sequence[str], path: str | PathLike[str], heading: str
) -> Path:
    """Write a PNG. Raises MissingExtraError where matplotlib is not installed.

    matrix  (classes, classes) of counts: rows true, columns taken for
    names   of the classes
    """
    module = import_extra("matplotlib.figure", "plot", PURPOSE)
    side = min(max(_INCHES_PER_CLASS * len(matrix), _LEAST), _MOST)
    figure = module.Figure(figsize=(side + 2.2, side + 1.6), dpi=120, layout="constrained")
    write_title(figure, heading)
    axes = figure.subplots()
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    drawn = axes.imshow(shares, cmap=_shades(), norm=_norm(), interpolation="nearest")
    bar = figure.colorbar(drawn, ax=axes, shrink=0.7, aspect=30, pad=0.02)
    bar.set_label("share of the items of a class")
    axes.set_ylabel("true class")
    axes.set_xlabel("taken for")
    _name_classes(axes, names)
    if len(matrix) <= _WITH_NUMBERS:
        _write_numbers(axes, matrix, shares)
    return save_figure(figure, path)


def _shades() -> Any:
    colors = import_extra("matplotlib.colors", "plot", PURPOSE)
    return colors.LinearSegmentedColormap.from_list("share", ["#FFFFFF", BLUE, "#001A33"])


def _norm() -> Any:
    """By the root: a mistake of one in a hundred is to be seen."""
    return import_extra("matplotlib.colors", "plot", PURPOSE).PowerNorm(0.5, vmin=0, vmax=1)


def _name_classes(axes: Any, names: Sequence[str]) -> None:
    """All of them, or as many as there is room for."""
    step = -(-len(names) // _WITH_NAMES)
    places = range(0, len(names), step)
    words = [visible(names[place], _LETTERS) for place in places]
    axes.set_xticks(places, words, rotation=90, fontsize=8)
    axes.set_yticks(places, words, fontsize=8)


def _write_numbers(axes: Any, matrix: Array, shares: Array) -> None:
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            color = "white" if shares[row, column] > 0.2 else "black"
            text = f"{count}" if count < 10000 else f"{count:.0e}".replace("e+0", "e")
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=color)
