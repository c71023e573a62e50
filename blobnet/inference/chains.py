"""Layers behind a layer that nobody else reads: what it may do the work of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from blobnet.wired_layer import WiredLayer


def chain_behind(
    wired: Sequence[WiredLayer], index: int, kept: Collection[str] = ()
) -> Iterator[WiredLayer]:
    """The layers behind, as long as each reads just the one before and nobody else does.

    wired  the layers of a net, Split layers included: they give every blob one reader
    index  of the first, which has one top
    kept   names of blobs that stay readable: such a one ends the chain unless the layer behind it
           works in place
    """
    before = wired[index]
    for follower in wired[index + 1 :]:
        name = before.top_names[0]
        if name not in follower.bottom_names:
            continue
        in_place = follower.top_names == [name]
        if len(follower.bottom) != 1 or len(follower.top) != 1:
            return
        if name in kept and not in_place:
            return
        yield follower
        before = follower
