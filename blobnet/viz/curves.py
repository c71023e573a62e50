"""What pictures of trainings share: colours, scales, noisy lines. Needs the extra `plot`."""

from __future__ import annotations

import math
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.extras import import_extra
from blobnet.input_files import is_file
from blobnet.ops.overflow import overflow_allowed
from blobnet.serialization.files import atomic_write, check_writable
from blobnet.types import Array
from blobnet.viz.fonts import letters_without_font, with_more_scripts
from blobnet.viz.names import LONGEST, visible

# Okabe and Ito's colours: people who see few colours can tell them apart.
SKY, BLUE, GREEN, BLACK = "#56B4E9", "#0072B2", "#009E73", "#000000"
VERMILION, PURPLE, ORANGE = "#D55E00", "#CC79A7", "#E69F00"

FEW = 20
"""Points are marked where they are fewer: a single one has no line."""

_LARGEST = 1e250
_TITLE_LETTERS = 80
SIGNATURE = "drawn by blobnet"  # in the file, not in the picture

_NOT_OURS = {"font", "backend", "backend_fallback", "interactive", "toolbar", "_internal"}
"""Settings of matplotlib's that stay as the user has them."""

PURPOSE = "drawing a training's curves"


def check_picture(path: str | PathLike[str], purpose: str = PURPOSE) -> None:
    """Find out before long work whether its picture can be drawn, and written to that path.

    Raises MissingExtraError or SnapshotError.
    """
    import_extra("matplotlib.figure", "plot", purpose)
    check_writable(path)


@contextmanager
def plain_texts(**style: Any) -> Iterator[None]:
    """For all that is drawn and saved meanwhile: a text is what it says, in any script.

    A `$` begins no formula, letters that the font lacks come from another one, and what is too
    much for the layout is drawn as it comes, without a warning. Of what users have set for
    pictures of their own only the fonts count: names may need them; but TeX would read the names,
    and other settings move or enlarge what has its place.

    style  further settings of matplotlib's, by their names
    """
    matplotlib = import_extra("matplotlib", "plot", PURPOSE)
    settings = {**_defaults(matplotlib), "text.parse_math": False, **style}
    with matplotlib.rc_context(settings), overflow_allowed(), warnings.catch_warnings():
        matplotlib.rcParams["font.family"] = with_more_scripts(matplotlib.rcParams["font.family"])
        warnings.filterwarnings("ignore", message=".*constrained_layout not applied")
        with letters_without_font():
            yield


def _defaults(matplotlib: Any) -> dict[str, Any]:
    """matplotlib's own settings, but for the fonts and for what is no matter of pictures."""
    own = dict(matplotlib.rcParamsDefault)
    return {name: own[name] for name in own if name.partition(".")[0] not in _NOT_OURS}


def label_of(name: str, most: int = 60) -> str:
    """A name for a legend or a title; those that begin with `_` matplotlib would leave out."""
    text = visible(name, most)
    return f" {text}" if text.startswith("_") else text


def write_title(owner: Any, text: str) -> None:
    """Above a figure or its axes, in several lines where it is long: it may hold a path."""
    write = owner.suptitle if hasattr(owner, "suptitle") else owner.set_title
    words = label_of(text, LONGEST)
    # what wraps a text takes it for a formula, whatever `text.parse_math` says
    if "$" in words:
        write("\n".join(textwrap.wrap(words, _TITLE_LETTERS)))
    else:
        write(words, wrap=True)


def drawable(values: ArrayLike) -> Array:
    """The values as floats: nan for what is not finite, and none at the very end of the numbers.

    Scales take differences and margins, which must be finite too.
    """
    numbers = np.array(values, float)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers.clip(-_LARGEST, _LARGEST)


def new_figure(width: float, height: float) -> Any:
    """An empty matplotlib figure. Raises MissingExtraError where that is not installed."""
    module = import_extra("matplotlib.figure", "plot", PURPOSE)
    return module.Figure(figsize=(width, height), dpi=120, layout="constrained")


def save_figure(figure: Any, path: str | PathLike[str], dpi: float | None = None) -> Path:
    """Write a PNG, which `is_ours` knows again."""
    metadata, dots = {"Software": SIGNATURE}, dpi if dpi is not None else "figure"
    with atomic_write(path) as temporary:
        figure.savefig(temporary, format="png", dpi=dots, metadata=metadata)
    return Path(path)


def is_ours(path: str | PathLike[str]) -> bool:
    """Whether `save_figure` has written this file."""
    if not is_file(path):
        return False
    with open(path, "rb") as file:
        return SIGNATURE.encode() in file.read(512)


def scale_losses(axes: Any, losses: Iterable[float]) -> None:
    """Logarithmic, with numbers as people write them, unless most losses have no logarithm."""
    losses = list(losses)
    positive = sum(loss > 0 for loss in losses)
    if 2 * positive > len(losses):
        scale_by_powers(axes)


def scale_by_powers(axes: Any) -> None:
    """A logarithmic scale; what has no logarithm is a gap."""
    ticker = import_extra("matplotlib.ticker", "plot", PURPOSE)
    axes.set_yscale("log", nonpositive="mask")

    def between(value: float, place: int) -> str:
        """A number at the finer marks, where there are few powers of ten."""
        low, high = axes.get_ylim()
        is_round = f"{value:.0e}"[0] in "25"
        return f"{value:g}" if high < 3 * low or (high < 30 * low and is_round) else ""

    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, place: f"{value:g}"))
    axes.yaxis.set_minor_formatter(ticker.FuncFormatter(between))


def whole_iterations(axes: Any) -> None:
    """Marks below the picture at whole numbers only."""
    axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)


def draw_noisy(axes: Any, x: ArrayLike, y: ArrayLike, label: str, **style: Any) -> Any:
    """A line; where it has many points they are thin, and their running mean is the line."""
    x, y = np.asarray(x), np.asarray(y)
    marker = {"marker": "."} if len(y) < FEW else {}
    window = max(len(y) // 50, 1)
    if window > 1:
        axes.plot(x, y, color=style["color"], lw=0.6, alpha=0.5, label=label)
        x, y, label = x[window - 1 :], running_mean(y, window), f"{label}, mean of {window}"
    (line,) = axes.plot(x, y, label=label, **(marker | style))
    return line


def running_mean(values: ArrayLike, window: int) -> Array:
    """The means of the last `window` finite values; nan where the last one of them is none."""
    y = np.asarray(values, float)
    finite, ones = np.isfinite(y), np.ones(window)
    total = np.convolve(np.where(finite, y, 0), ones, mode="valid")
    count = np.convolve(finite, ones, mode="valid").clip(1)
    return np.where(finite[window - 1 :], total / count, np.nan)


def percent_factor(values: Iterable[float]) -> int:
    """100 where all numbers are shares, to be shown as percentages; else 1."""
    finite = [value for value in values if math.isfinite(value)]
    return 100 if finite and min(finite) >= 0 and max(finite) <= 1 else 1


def scale_percent(axes: Any, scores: Iterable[Sequence[float]]) -> None:
    """From the lowest score to 100 %, leaving out the first ones, from before the training."""
    later = [value for values in scores for value in (values[1:] or values)]
    lowest = min(filter(math.isfinite, later), default=0)
    axes.set_ylim(max(0, 100 * lowest - 5), 100.8)


def mark_below(axes: Any, x: Array, y: Array, color: str) -> bool:
    """Arrows at the lower edge for points that are below it; returns whether there are."""
    low = x[y < axes.get_ylim()[0]]
    if len(low):
        place = {"transform": axes.get_xaxis_transform(), "linestyle": "none", "label": "_"}
        axes.plot(low, np.full(len(low), 0.03), color=color, marker="v", **place)
    return bool(len(low))
