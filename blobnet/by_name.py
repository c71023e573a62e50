"""What a net has by name: dicts that suggest names, and show what they hold.

pycaffe's are OrderedDicts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn, TypeVar

from blobnet.blob import Blob
from blobnet.errors import NetError, did_you_mean, explain, printable_lines, shortened
from blobnet.shapes import by_axes
from blobnet.tables import Shown, Table, numbered

Value = TypeVar("Value")


class UnknownNameError(NetError, KeyError, ValueError):
    """No layer or blob of this name: pycaffe's dicts raise KeyError, its lists ValueError."""

    def __str__(self) -> str:
        return printable_lines(str(self.args[0]))  # KeyError's own quotes it, line ends and all


def unknown_name(
    kind: str, name: object, known: Iterable[Any], fix: str | None = None
) -> UnknownNameError:
    """There is no such blob or layer; without a `fix` near names are suggested."""
    names = [str(each) for each in known]
    listed = shortened(", ".join(names), 400) or "none at all"
    hint = fix or (did_you_mean(name, names) if isinstance(name, str) else None)
    return UnknownNameError(explain(f"no {kind} named {name!r}", expected=listed, fix=hint))


class ByName(Shown, OrderedDict[str, Value]):
    """An OrderedDict; a name that is missing is a KeyError that suggests the nearest."""

    kind: ClassVar[str] = "layer"

    def __missing__(self, name: str) -> NoReturn:
        raise unknown_name(self.kind, name, self)

    def table(self) -> Table:
        title = numbered(len(self), self.kind)
        return Table(title, (self.kind, ""), [*self.items()])


class BlobsByName(ByName[Blob]):
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


def shapes(blobs: Iterable[Blob]) -> str:
    """The shapes of blobs, by commas."""
    return ", ".join(by_axes(blob.shape) for blob in blobs)


def total(blobs: Iterable[Blob]) -> int:
    """How many numbers they hold."""
    return sum(int(blob.count) for blob in blobs)
