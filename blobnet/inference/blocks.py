"""Which blobs of a net lie in blocks of channels while it runs in the inference mode.

So depthwise convolutions go through whole vectors, and those around them pack nothing: see
`ops/conv/blocked.py`. A blob that somebody reads stays as it is, and so does one with a layer in
front of it or behind that knows nothing of blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from blobnet.blob import Blob
from blobnet.inference.fusion import Blocking
from blobnet.ops.simd.isa import BLOCK
from blobnet.wired_layer import WiredLayer


def choose_blocks(wired: Sequence[WiredLayer], kept: Collection[str]) -> None:
    """Tell the layers of a net, which have their shapes, which of their blobs lie in blocks.

    kept  names of the blobs that stay readable
    """
    chosen = _possible(wired, kept)
    while any(_leave_out(one, chosen) for one in wired):
        pass
    chosen = _worth_it(wired, chosen)
    for one in wired:
        if isinstance(one.layer, Blocking):
            one.layer.lie_in_blocks(_those(one.bottom, chosen), _those(one.top, chosen))


def _possible(wired: Sequence[WiredLayer], kept: Collection[str]) -> set[int]:
    """Blobs that could, by what they are: whole blocks of images, which nobody looks at."""
    found = {
        id(blob)
        for one in wired
        for blob in one.top
        if blob.num_axes == 4 and blob.shape[1] % BLOCK == 0 and blob.dtype == np.float32
    }
    for one in wired:
        if not one.bottom:  # what is read from outside
            found -= {*map(id, one.top)}
        named = zip((*one.bottom_names, *one.top_names), (*one.bottom, *one.top), strict=True)
        found -= {id(blob) for name, blob in named if name in kept}
    return found


def _leave_out(one: WiredLayer, chosen: set[int]) -> bool:
    """Whether a layer cannot work that way: then its blobs are left out."""
    bottom, top = _those(one.bottom, chosen), _those(one.top, chosen)
    if not any((*bottom, *top)):
        return False
    layer = one.layer
    can = isinstance(layer, Blocking) and not one.private_blobs
    if can and isinstance(layer, Blocking) and layer.may_lie_in_blocks(bottom, top):
        return False
    chosen -= {*map(id, (*one.bottom, *one.top))}
    return True


def _worth_it(wired: Sequence[WiredLayer], chosen: set[int]) -> set[int]:
    """Those of the blobs that hang together with a layer that gains by blocks."""
    its_blobs = {
        number: {*map(id, (*one.bottom, *one.top))} & chosen for number, one in enumerate(wired)
    }
    found: set[int] = set()
    for number, one in enumerate(wired):
        if isinstance(one.layer, Blocking) and one.layer.gains_by_blocks():
            found |= its_blobs[number]
    reached = -1
    while len(found) > reached:
        reached = len(found)
        for blobs in its_blobs.values():
            if not blobs.isdisjoint(found):
                found |= blobs
    return found


def _those(blobs: Sequence[Blob], chosen: set[int]) -> list[bool]:
    return [id(blob) in chosen for blob in blobs]
