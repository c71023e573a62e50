"""What a net has, by name and in order: dicts that suggest names, lists that show their layers.

pycaffe's are OrderedDicts and boost's vectors.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn, TypeVar

from blobnet.blob import Blob
from blobnet.pycaffe.errors import unknown_name
from blobnet.pycaffe.tables import Shown, Table, numbered, shapes, total

Value = TypeVar("Value")


class ByName(Shown, OrderedDict[str, Value]):
    """An OrderedDict; a name that is missing is a KeyError that suggests the nearest."""

    kind: ClassVar[str] = "layer"

    def __missing__(self, name: str) -> NoReturn:
        raise unknown_name(self.kind, name, self)

    def table(self) -> Table:
        title = numbered(len(self), self.kind)
        return Table(title, (self.kind, ""), [*self.items()])


class Blobs(ByName[Blob]):
    """Blob name to Blob, from the inputs to the outputs."""

    kind = "blob"

    def table(self) -> Table:
        rows = [(name, shapes([blob]), f"{blob.count:,}") for name, blob in self.items()]
        title = f"{numbered(len(self), 'blob')}, {total(self.values()):,} values"
        return Table(title, ("blob", "shape", "count"), rows)


class Params(ByName[list[Blob]]):
    """Layer name to its list of weight Blobs, for the layers that have some."""

    def table(self) -> Table:
        rows = [(name, shapes(blobs), f"{total(blobs):,}") for name, blobs in self.items()]
        weights = sum(map(total, self.values()))
        title = f"{numbered(len(self), 'layer')} with {numbered(weights, 'weight')}"
        return Table(title, ("layer", "shapes", "count"), rows)


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
