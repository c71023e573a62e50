"""What only pycaffe's nets have: layers by name, and in a list that shows them.

pycaffe's list is a vector of boost's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from blobnet.by_name import ByName, shapes, total
from blobnet.tables import Shown, Table, numbered


class LayerDict(ByName[Any]):
    """Layer name to layer."""

    def table(self) -> Table:
        return LayerVec(self.values(), list(self)).table()


class LayerVec(Shown, list[Any]):
    """The layers of a net in order: blobnet's layers and, of Python layers, your own objects."""

    def __init__(self, layers: Iterable[Any] = (), names: Iterable[str] = ()) -> None:
        super().__init__(layers)
        self._names = list(names)

    def table(self) -> Table:
        names = self._names if len(self._names) == len(self) else [""] * len(self)
        rows = [
            (index, name, _kind(layer), shapes(layer.blobs), f"{total(layer.blobs):,}")
            for index, (name, layer) in enumerate(zip(names, self, strict=True))
        ]
        heads = ("#", "layer", "type", "weights' shapes", "count")
        return Table(numbered(len(self), "layer"), heads, rows)


def _kind(layer: Any) -> str:
    """The type and, of a class of your own, its name."""
    own = type(layer).__name__
    return str(layer.type) if own == layer.type else f"{layer.type} ({own})"
