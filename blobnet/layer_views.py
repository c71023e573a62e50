"""How a layer shows itself, with its weights."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.errors import visible
from blobnet.shapes import by_axes
from blobnet.tables import Shown, Table


class LayerViews(Shown):
    """A line in a terminal, a table in a notebook."""

    blobs_: list[Blob]

    @property
    def name(self) -> str:
        """The layer's name in its net."""
        raise NotImplementedError

    def __repr__(self) -> str:
        if "blobs_" not in self.__dict__:  # a class of your own, not made yet
            return object.__repr__(self)
        weights = "".join(f", blobs_[{i}] {by_axes(b.shape)}" for i, b in enumerate(self.blobs_))
        return f'<{type(self).__name__} "{visible(self.name)}"{weights}>'

    def table(self) -> Table:
        """What a notebook shows: the weights, and between which values they lie."""
        if "blobs_" not in self.__dict__:
            return Table(object.__repr__(self), (), [])
        rows = [
            (f"blobs_[{i}]", by_axes(blob.shape), *map(str, blob.spreads().values()))
            for i, blob in enumerate(self.blobs_)
        ]
        title = f'{type(self).__name__} "{self.name}"'
        return Table(title, ("", "shape", "data", "diff"), rows)
