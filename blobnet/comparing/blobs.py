"""A net beside something else that computes it: blob by blob, in the order of the net."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blobnet.comparing.difference import NO_LIKENESS, Difference, difference
from blobnet.errors import NetError, explain
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.types import Array, Shape


@dataclass(frozen=True)
class ComparedBlob:
    """One blob of both sides.

    name, shape  of the net's
    layers       the types of the layers that write it, in their order
    apart        how far both are apart; infinitely where the shapes differ
    other_shape  where it is another
    """

    name: str
    shape: Shape
    layers: tuple[str, ...]
    apart: Difference
    other_shape: Shape | None = None


@dataclass(frozen=True)
class Comparison:
    """All blobs that both sides have.

    blobs    in the order of the net
    missing  names of blobs that the other side does not have
    """

    blobs: Sequence[ComparedBlob]
    missing: Sequence[str]

    def beyond(self, tolerance: float) -> Iterator[ComparedBlob]:
        """Those that differ by more, beside their largest value; the first one first."""
        return (blob for blob in self.blobs if not blob.apart.relative <= tolerance)


def compare_blobs(net: Net, other: Mapping[str, Array]) -> Comparison:
    """Compare what the last forward of a net has left with arrays by the names of blobs.

    Axes of length 1 do not count: (1, 10) fits (10, 1, 1). Raises NetError where the other side has
    no blob of the net, or its inputs alone.
    """
    names = own_blobs(net)
    found = [_compared(net, name, other[name]) for name in names if name in other]
    computed = [name for name in names if name not in net.inputs] or names
    if not any(name in other for name in computed):
        raise NetError(
            explain(
                "the other side has no blob that this net computes",
                expected=f"some of {', '.join(computed[:8])}",
                got=", ".join(list(other)[:8]) or "none at all",
                fix="blobs go by their names, as the prototxt has them",
            )
        )
    return Comparison(found, [name for name in names if name not in other])


def own_blobs(net: Net) -> list[str]:
    """The blobs that the definition names, without those of inserted Splits, in their order."""
    of_splits = {
        name
        for wired in net.wired
        if is_inserted_split(wired.layer.layer_param_)
        for name in wired.top_names
    }
    return [name for name in net.blobs if name not in of_splits]


def _compared(net: Net, name: str, values: Array) -> ComparedBlob:
    blob = net.blobs[name]
    layers = tuple(wired.layer.type for wired in net.wired if name in wired.top_names)
    if _long_axes(blob.shape) != _long_axes(values.shape):
        return ComparedBlob(name, blob.shape, layers, NO_LIKENESS, values.shape)
    apart = difference(blob.data, np.asarray(values).reshape(blob.shape))
    return ComparedBlob(name, blob.shape, layers, apart)


def _long_axes(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)
