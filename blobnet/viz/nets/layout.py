"""Where the layers and blobs of a net stand in its picture: rows and tracks.

Every layer has a row, in the order of the net. Every blob runs down a track, from the layer that
makes it to the last one that reads it; a layer stands on the track of what it makes. So a chain is
one straight line, a branch takes a track beside it, and what branches make together falls back on
the track that they started from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.wired_layer import WiredLayer


@dataclass(frozen=True)
class Line:
    """A blob on its way: down `track` from row `start`, to the layers that read it.

    ends  (row, track) of each reader; a layer that changes it in place is none of them
    end   the last row that the blob is needed in
    """

    name: str
    track: int
    start: int
    end: int
    ends: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Layout:
    """Rows of layers, inserted Splits left out: their `tracks`, and the lines between them.

    Tracks count from 0 to the right; blobs that only accompany others, such as labels, run on
    the tracks -1, -2 ... left of them.
    """

    layers: tuple[WiredLayer, ...]
    tracks: tuple[int, ...]
    lines: tuple[Line, ...]

    @property
    def first_track(self) -> int:
        return min((line.track for line in self.lines), default=0)

    @property
    def last_track(self) -> int:
        return max((line.track for line in self.lines), default=0)


def lay_out(net: Net) -> Layout:
    """Find each layer's row and track. The same net always gives the same picture."""
    rows = [wired for wired in net.wired if not _is_split(wired)]
    names = _names_without_splits(net)
    making = _Making(rows, names)
    tracks = tuple(making.place(row) for row in range(len(rows)))
    return Layout(tuple(rows), tracks, tuple(making.lines(tracks)))


def _names_without_splits(net: Net) -> dict[str, str]:
    """Blob name to the name of the blob that it is a copy of: itself, but for inserted Splits."""
    names: dict[str, str] = {}
    for wired in net.wired:
        for top in wired.top_names:
            names[top] = names[wired.bottom_names[0]] if _is_split(wired) else top
    return names


def _is_split(wired: WiredLayer) -> bool:
    return is_inserted_split(wired.layer.layer_param_)


class _Making:
    """A layout while it is made, row by row."""

    def __init__(self, rows: list[WiredLayer], names: dict[str, str]) -> None:
        self._rows = rows
        self._bottoms = [list(dict.fromkeys(names[b] for b in w.bottom_names)) for w in rows]
        self._start: dict[str, int] = {}
        self._end: dict[str, int] = {}
        for row, wired in enumerate(rows):
            for name in wired.top_names:
                self._start.setdefault(name, row)
            for name in (*self._bottoms[row], *wired.top_names):
                self._end[name] = row
        self._track: dict[str, int] = {}
        self._busy: set[int] = set()

    def place(self, row: int) -> int:
        """Give the layer's tops their tracks; returns the track of the layer itself."""
        wired, bottoms = self._rows[row], self._bottoms[row]
        freed = [self._track[name] for name in bottoms if self._end[name] == row]
        self._busy.difference_update(freed)
        inner = [track for track in freed if track >= 0]
        new = [name for name in wired.top_names if self._start[name] == row]
        for index, name in enumerate(new):
            beside = index > 0 and not bottoms
            self._track[name] = min(inner) if index == 0 and inner else self._free_track(beside)
            self._busy.add(self._track[name])
        for name in new:
            if self._end[name] == row:  # nobody reads it
                self._busy.discard(self._track[name])
        own = [self._track[name] for name in (*wired.top_names, *bottoms)]
        return own[0] if own else 0

    def _free_track(self, beside: bool) -> int:
        """The first track that is free, to the right or, for what accompanies, to the left."""
        track = -1 if beside else 0
        while track in self._busy:
            track += -1 if beside else 1
        return track

    def lines(self, tracks: tuple[int, ...]) -> Iterator[Line]:
        """Every blob's way, once all rows have their tracks."""
        ends: dict[str, list[tuple[int, int]]] = {name: [] for name in self._start}
        for row, wired in enumerate(self._rows):
            for name in self._bottoms[row]:
                if name not in wired.top_names:
                    ends[name].append((row, tracks[row]))
        for name, start in self._start.items():
            yield Line(name, self._track[name], start, self._end[name], tuple(ends[name]))
