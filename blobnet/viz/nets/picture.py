"""A net as a picture: layers on one side, what they make on the other. Needs the extra `plot`."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

from blobnet.errors import NetError, explain
from blobnet.extras import import_extra
from blobnet.net import Net
from blobnet.serialization.files import atomic_write
from blobnet.shapes import by_axes
from blobnet.viz import layer_words
from blobnet.viz.curves import plain_texts, save_figure
from blobnet.viz.names import first_settings, visible
from blobnet.viz.nets.layout import Layout, Line, lay_out
from blobnet.viz.nets.measures import Measures
from blobnet.viz.nets.summary import summarize
from blobnet.viz.numbers import si
from blobnet.wired_layer import WiredLayer

FORMATS = (".png", ".svg")

# Okabe and Ito's colours, one for each group of the catalogue; a person who sees few colours has
# the type's name beside every mark.
COLORS = {
    "data": "#000000",
    "vision": "#0072B2",
    "common": "#56B4E9",
    "recurrent": "#56B4E9",
    "activation": "#E69F00",
    "normalization": "#CC79A7",
    "utility": "#009E73",
    "loss": "#D55E00",
    "other": "#767676",
}
_TEXT, _QUIET, _LINE, _BAR, _BAND = "#1a1a1a", "#6b6b6b", "#8c8c8c", "#9ecae1", "#f4f4f4"
_BEND = 0.26  # inches that a curve from track to track takes
_DPI = 110
_LEAST_DPI = 12
_MOST_PIXELS = 60_000  # of a side; what the PNG format and its readers agree on is 2^16
_LARGEST_PICTURE = 2**26  # pixels: 256 MiB while it is drawn
PURPOSE = "drawing a net"
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "blobnet", "font.family": ["DejaVu Sans"]}


def draw_net(net: Net, path: str | PathLike[str]) -> Path:
    """Draw the net as an SVG or a PNG, as the path's ending says.

    From top to bottom: a row for each layer, its name, type, settings and the shapes of its
    weights; then the ways of the blobs; then each top's shape, and a bar whose height is the side
    of its maps and whose length is their number, both by their square roots. Layers that
    work in place are small and hollow, layers with weights are squares.

    Raises NetError for another ending and for a net that is too large for a PNG,
    MissingExtraError where matplotlib is not installed.
    """
    if check_format(path) == ".svg":
        with atomic_write(path) as temporary:
            write_svg(net, temporary)
        return Path(path)
    import_extra("matplotlib", "plot", PURPOSE)
    with plain_texts(**_STYLE):
        figure = make_figure(net)
        return save_figure(figure, path, dots_per_inch(*figure.get_size_inches()))


def write_svg(net: Net, file: Path | BinaryIO) -> None:
    """The same picture into a path or an open file: the same net, the same bytes."""
    import_extra("matplotlib", "plot", PURPOSE)
    with plain_texts(**_STYLE):
        make_figure(net).savefig(file, format="svg", dpi=_DPI, metadata={"Date": None})


def dots_per_inch(width: float, height: float) -> float:
    """As fine as it can be read, unless so large a picture would not fit into memory."""
    fitting = math.sqrt(_LARGEST_PICTURE / (width * height))
    dpi = min(_DPI, _MOST_PIXELS / max(width, height), fitting)
    if dpi < _LEAST_DPI:
        raise NetError(
            explain(
                "this net is too large for a .png: nothing could be read in it",
                expected=f"a picture that fits with {_LEAST_DPI} dots per inch",
                got=f"{width:,.0f} x {height:,.0f} inches",
                fix="draw it as an .svg, which can be enlarged",
            )
        )
    return dpi


def check_format(path: str | PathLike[str]) -> str:
    """The ending that says the format. Raises NetError where a net cannot be drawn in it."""
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise NetError(
            explain(
                f"{path}: a net cannot be drawn in this format",
                expected=f"a name that ends in {' or '.join(FORMATS)}",
                got=f"'{ending}'" if ending else "no ending",
            )
        )
    return ending


def make_figure(net: Net) -> Any:
    """The picture as a figure of matplotlib; its coordinates are inches from the upper left."""
    layout = lay_out(net)
    measures = Measures(layout)
    figure_module = import_extra("matplotlib.figure", "plot", PURPOSE)
    figure = figure_module.Figure(figsize=(measures.width, measures.height), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, measures.width), ylim=(measures.height, 0))
    axes.axis("off")
    picture = _Picture(axes, layout, measures)
    picture.head(net)
    for line in layout.lines:
        picture.line(line)
    for row in range(len(layout.layers)):
        picture.row(row)
    return figure


class _Picture:
    """Draws the parts of a layout onto axes."""

    def __init__(self, axes: Any, layout: Layout, measures: Measures) -> None:
        self._axes, self._layout, self._at = axes, layout, measures
        self._path = import_extra("matplotlib.path", "plot", PURPOSE).Path
        self._patches = import_extra("matplotlib.patches", "plot", PURPOSE)

    # --- above the rows -----------------------------------------------------------------------

    def head(self, net: Net) -> None:
        """Title, totals, and what colours and forms mean."""
        left, summary = self._at.margin, summarize(net)
        title = f"{visible(net.name, 60) or 'net'} in phase {summary.phase}"
        self._text(left, 0.3, title, 13, weight="bold")
        items = f" for {summary.batch} items" if summary.batch > 1 else ""
        words = (
            f"{len(summary.rows)} layers, {summary.parameters:,} parameters, "
            f"{si(summary.multiply_adds)} multiply-adds{items}"
        )
        self._text(left, 0.58, words, 9)
        self._legend(0.86, self._groups())
        self._legend(1.1, self._forms())
        words = "a bar is as high as the side of a map, as long as there are maps"
        self._bar(left + 0.02, 1.34, 0.12, 0.08)
        self._text(left + 0.2, 1.34, f"{words}, both to the scale of a square root", 8)

    def _groups(self) -> Iterator[tuple[str, str, bool, str]]:
        """A mark for each colour that there is, with what has it."""
        there = {layer_words.group(wired.layer) for wired in self._layout.layers}
        names: dict[str, list[str]] = {}
        for group in sorted(there, key=_place):
            names.setdefault(COLORS.get(group, COLORS["other"]), []).append(group)
        for color, groups in names.items():
            yield color, "o", False, ", ".join(groups)

    def _forms(self) -> Iterator[tuple[str, str, bool, str]]:
        rows = range(len(self._layout.layers))
        weighted = [bool(wired.layer.blobs_) for wired in self._layout.layers]
        hollow = [self._at.is_in_place(row) for row in rows]
        if any(weighted):
            yield _QUIET, "s", False, "has weights"
        if not all(map(operator.or_, weighted, hollow)):
            yield _QUIET, "o", False, "has none"
        if any(hollow):
            yield _QUIET, "o", True, "in place"

    def _legend(self, y: float, entries: Iterable[tuple[str, str, bool, str]]) -> None:
        """A line of marks (color, form, whether hollow) and what they mean."""
        x = self._at.margin + 0.08
        for color, marker, hollow, words in entries:
            self._mark(x, y, color, marker, hollow=hollow)
            self._text(x + 0.12, y, words, 8)
            x += 0.36 + 0.068 * len(words)

    # --- the ways of the blobs ----------------------------------------------------------------

    def line(self, line: Line) -> None:
        """Down the blob's track; from there to each reader that stands on another one."""
        x, top = self._at.track(line.track), self._at.y(line.start)
        style = {"color": _LINE, "lw": 1.0 if line.track < 0 else 1.6}
        maker = self._layout.tracks[line.start]
        if line.ends and maker != line.track:  # another of its tops stands where the layer does
            top += _BEND
            self._curve((x, top), (self._at.track(maker), self._at.y(line.start)), style)
        straight = [self._at.y(row) for row, track in line.ends if track == line.track]
        lowest = max([top, *straight, *self._in_place(line)])
        for row, track in line.ends:
            if track != line.track:
                y = self._at.y(row)
                bend = max(y - _BEND, top)
                lowest = max(lowest, bend)
                self._curve((x, bend), (self._at.track(track), y), style)
        if lowest > top:
            self._axes.plot([x, x], [top, lowest], snap=False, zorder=1, **style)

    def _in_place(self, line: Line) -> list[float]:
        """Where layers stand that change the blob without making another."""
        layers = self._layout.layers[line.start : line.end + 1]
        rows = (line.start + i for i, wired in enumerate(layers) if line.name in wired.top_names)
        return [self._at.y(row) for row in rows]

    def _curve(
        self, track: tuple[float, float], mark: tuple[float, float], style: dict[str, Any]
    ) -> None:
        """From a place on a track to a layer's mark, where it arrives sideways."""
        points = [track, (track[0], mark[1]), (track[0], mark[1]), mark]
        codes = [self._path.MOVETO, *[self._path.CURVE4] * 3]
        patch = self._patches.PathPatch(
            self._path(points, codes), fill=False, zorder=1, capstyle="round", **style
        )
        self._axes.add_patch(patch)

    # --- a row --------------------------------------------------------------------------------

    def row(self, row: int) -> None:
        wired, at = self._layout.layers[row], self._at
        y, in_place = at.y(row), at.is_in_place(row)
        if row % 2 == 0:
            self._axes.axhspan(at.top(row), at.top(row + 1), color=_BAND, lw=0, zorder=0)
        color = COLORS.get(layer_words.group(wired.layer), COLORS["other"])
        marker = "s" if wired.layer.blobs_ else "o"
        self._mark(at.track(self._layout.tracks[row]), y, color, marker, hollow=in_place)
        self._layer_words(wired, y, in_place)
        if in_place:
            self._text(at.blobs, y, "in place", 7, color=_QUIET, style="italic")
            return
        for index, (name, blob) in enumerate(zip(wired.top_names, wired.top, strict=True)):
            self._top(name, blob.shape, y + index * at.top_height)

    def _layer_words(self, wired: WiredLayer, y: float, in_place: bool) -> None:
        at, layer = self._at, wired.layer
        color = _QUIET if in_place else _TEXT
        size = 7.5 if in_place else 9
        self._text(at.margin, y, visible(layer.name, at.name_chars), size, color=color)
        self._text(at.types, y, visible(layer.type, at.type_chars), size, color=color)
        words = first_settings(layer_words.settings(layer), at.settings_chars)
        self._text(at.settings, y, words, 7, color=_QUIET)
        weights = visible(at.weights_words(layer), at.weights_chars)
        self._text(at.weights, y, weights, 7, color=_QUIET if in_place else _TEXT, ha="right")

    def _top(self, name: str, shape: tuple[int, ...], y: float) -> None:
        at = self._at
        self._text(at.blobs, y, visible(name, at.blob_chars), 9)
        length, height = at.bar(shape)
        self._bar(at.bars, y, length, height)
        self._text(at.bars + length + 0.08, y, by_axes(shape), 8.5)

    def _bar(self, x: float, y: float, length: float, height: float) -> None:
        bar = self._patches.Rectangle(
            (x, y - height / 2), length, height, facecolor=_BAR, edgecolor="#2b6ca3", lw=0.5
        )
        self._axes.add_patch(bar)

    # --- strokes ------------------------------------------------------------------------------

    def _mark(self, x: float, y: float, color: str, marker: str, *, hollow: bool = False) -> None:
        self._axes.plot(
            [x],
            [y],
            marker,
            ms=5 if hollow else 8,
            mfc="white" if hollow else color,
            mec=color if hollow else "white",
            mew=1.3 if hollow else 0.6,
            zorder=3,
        )

    def _text(self, x: float, y: float, words: str, size: float, **style: Any) -> None:
        style = {"color": _TEXT, "ha": "left", **style}
        self._axes.text(x, y, words, fontsize=size, va="center", **style)


def _place(group: str) -> tuple[int, str]:
    """Where a group stands in the legend: those of the forks last, by name."""
    return (list(COLORS).index(group) if group in COLORS else len(COLORS)), group
