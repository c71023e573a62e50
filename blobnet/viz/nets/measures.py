"""How large the parts of a net's picture are, in inches from the upper left corner."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from itertools import accumulate

from blobnet.layer import Layer
from blobnet.shapes import by_axes
from blobnet.types import Shape
from blobnet.viz import layer_words
from blobnet.viz.names import visible
from blobnet.viz.nets.layout import Layout
from blobnet.wired_layer import WiredLayer

_CHAR = 0.0083  # the mean width of a letter, for each point of its size
_GAP = 0.22
_TRACK = 0.22
_BAR_LENGTH, _BAR_HEIGHT, _THINNEST = 1.9, 0.3, 0.025


class Measures:
    """The places of all columns and rows.

    margin, types, settings  where the words of a layer begin
    weights                  where the shapes of its weights end
    blobs, bars              where the names and the bars of its tops begin
    """

    margin = 0.3
    top_height = 0.36
    _head, _in_place_height, _foot = 1.64, 0.22, 0.3

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        heights = (self._height(row) for row in range(len(layout.layers)))
        self._tops = list(accumulate(heights, initial=self._head))
        self._columns()
        shapes = [blob.shape for wired in layout.layers for blob in wired.top]
        self._most_maps = max(map(_maps, shapes), default=1)
        self._longest_side = max(map(_side, shapes), default=1)
        widest_shape = max((len(by_axes(shape)) for shape in shapes), default=0)
        after_bars = self.bars + _BAR_LENGTH + 0.08 + widest_shape * 8.5 * _CHAR
        self.width = max(after_bars + self.margin, 9.5)
        self.height = self._tops[-1] + self._foot

    def _columns(self) -> None:
        layers = self._layout.layers
        self.name_chars = _longest(layers, lambda wired: [wired.layer.name], 40)
        self.type_chars = _longest(layers, lambda wired: [wired.layer.type], 24)
        settings = lambda wired: [layer_words.settings(wired.layer)]  # noqa: E731
        self.settings_chars = _longest(layers, settings, 56)
        weights = lambda wired: [self.weights_words(wired.layer)]  # noqa: E731
        self.weights_chars = _longest(layers, weights, 44)
        self.blob_chars = _longest(layers, lambda wired: wired.top_names, 40)
        self.types = self.margin + self.name_chars * 9 * _CHAR + _GAP
        self.settings = self.types + self.type_chars * 9 * _CHAR + _GAP
        self.weights = self.settings + (self.settings_chars + self.weights_chars) * 7 * _CHAR + _GAP
        self._first_x = self.weights + _GAP + 0.1
        tracks = self._layout.last_track - self._layout.first_track + 1
        self.blobs = self._first_x + tracks * _TRACK + 0.1
        self.bars = self.blobs + self.blob_chars * 9 * _CHAR + _GAP

    # --- rows ---------------------------------------------------------------------------------

    def is_in_place(self, row: int) -> bool:
        wired = self._layout.layers[row]
        return bool(wired.top_names) and all(name in wired.bottom_names for name in wired.top_names)

    def _height(self, row: int) -> float:
        if self.is_in_place(row):
            return self._in_place_height
        return self.top_height * max(len(self._layout.layers[row].top), 1)

    def top(self, row: int) -> float:
        """The upper edge of a row; of the one after the last, the lower edge of the last."""
        return self._tops[row]

    def y(self, row: int) -> float:
        """The middle of a row's first line."""
        height = self._in_place_height if self.is_in_place(row) else self.top_height
        return self._tops[row] + height / 2

    # --- columns ------------------------------------------------------------------------------

    def track(self, track: int) -> float:
        return self._first_x + (track - self._layout.first_track) * _TRACK

    def bar(self, shape: Shape) -> tuple[float, float]:
        """Length and height of a blob's bar."""
        length = _BAR_LENGTH * math.sqrt(_maps(shape) / max(self._most_maps, 1))
        height = _BAR_HEIGHT * math.sqrt(_side(shape) / max(self._longest_side, 1))
        return max(length, _THINNEST), max(height, _THINNEST)

    @staticmethod
    def weights_words(layer: Layer) -> str:
        """The shapes of the weights, one after the other."""
        return " + ".join(by_axes(blob.shape) for blob in layer.blobs_)


def _longest(
    layers: Iterable[WiredLayer], words: Callable[[WiredLayer], Iterable[str]], most: int
) -> int:
    lengths = (_width(visible(word, most)) for wired in layers for word in words(wired))
    return max(lengths, default=0)


def _width(text: str) -> int:
    """In letters of the mean width: Chinese characters are twice as wide."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide


def _maps(shape: Shape) -> int:
    return shape[1] if len(shape) > 1 else 1


def _side(shape: Shape) -> float:
    """The side of a square, or cube, with as many places as one map."""
    places = shape[2:]
    return float(math.prod(places) ** (1 / len(places))) if places else 1.0
