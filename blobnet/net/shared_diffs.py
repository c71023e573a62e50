"""Gradients of the blobs in between, in memory that they share: nobody looks at them later."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.shared_memory import share_memory
from blobnet.wired_layer import WiredLayer


class SharedDiffs:
    """The diffs of a net's blobs, each of which is needed from one layer's backward to another's.

    A diff that no layer writes stays by itself: it is 0, or a weight of the loss. So does one that
    a layer of a user's own writes, who may rely on what it does not write.
    """

    def __init__(self, wired: Sequence[WiredLayer]) -> None:
        self._wired = wired
        self._sizes: list[int] = []

    def renew(self) -> None:
        """Before a whole backward: share memory anew where shapes are new."""
        sizes = self._sizes_now()
        if sizes != self._sizes:
            share_memory(self._lifetimes(), "diff_storage")
            self._sizes = sizes

    def _sizes_now(self) -> list[int]:
        return [int(blob.count) for wired in self._wired for blob in wired.top]

    def _lifetimes(self) -> list[tuple[Blob, int, int]]:
        """Blobs whose diffs are written before they are read; from when to when, in backward."""
        blobs: dict[int, Blob] = {}
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        alone = {  # those of inputs, which may be asked for
            id(blob.diff_storage) for wired in self._wired if not wired.bottom for blob in wired.top
        }
        for number, wired in enumerate(reversed(self._wired)):
            if not wired.need_backward:
                continue
            alone |= {id(blob.diff_storage) for blob in wired.top} - first.keys()
            if not _is_ours(wired.layer):
                alone |= {id(blob.diff_storage) for blob in wired.bottom}
            for blob in (*wired.top, *_given_gradients(wired)):
                key = id(blob.diff_storage)
                blobs[id(blob)] = blob
                first.setdefault(key, number)
                last[key] = number
        return [
            (blob, first[key], last[key])
            for blob in blobs.values()
            if (key := id(blob.diff_storage)) not in alone
        ]


def _is_ours(layer: Layer) -> bool:
    """Whether its backward is known to write every gradient that is wanted, whole."""
    is_built_in = type(layer).__module__.startswith("blobnet.layers.")
    return is_built_in and not layer.runs_foreign_code


def _given_gradients(wired: WiredLayer) -> list[Blob]:
    """The bottoms whose diffs a layer writes, and what its own copies stand for."""
    wanted = wired.bottom_need_backward
    bottoms = [blob for blob, needed in zip(wired.bottom, wanted, strict=True) if needed]
    return bottoms + [own.source for own in wired.private_blobs if wanted[own.index]]
