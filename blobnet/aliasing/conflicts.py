"""Where a layer in place, or one that lends its memory, would be in the way of shapes or gradients.

What it would overwrite while somebody still needs it is found in `needed_values.py`, which also
mends what is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from blobnet.storage import Storage
from blobnet.weights.params import Param, ids_of_shared
from blobnet.wired_layer import WiredLayer


class Conflict(NamedTuple):
    """A layer that writes over values that are still needed."""

    writer: int
    top_index: int
    who: str  # needs them
    leaking_bottom: int | None = None  # where it is a gradient, which must not reach this bottom


def changed_shapes(layers: Sequence[WiredLayer]) -> Iterator[Conflict]:
    """Layers in place that give the blob another shape (MVN makes four axes of two)."""
    for number, wired in enumerate(layers):
        for index, shape in enumerate(wired.first_shapes):
            if wired.works_in_place_at(index) and wired.top[index].shape != shape:
                yield Conflict(number, index, f"those who read it in shape {shape}")


def loss_weights(layers: Sequence[WiredLayer]) -> dict[Storage, str]:
    """The memory that holds loss weights: diffs of tops, with the layers that make these."""
    return {
        top.diff_storage: described(wired)
        for wired in layers
        for index, top in enumerate(wired.top)
        if wired.layer.loss(index)
    }


def overwritten_loss_weights(layers: Sequence[WiredLayer]) -> Iterator[Conflict]:
    """Layers whose backward writes over a loss weight."""
    weights = loss_weights(layers)
    for number, wired in enumerate(layers):
        for index, blob in enumerate(wired.bottom):
            if (
                wired.need_backward
                and wired.bottom_need_backward[index]
                and not wired.layer.lends_memory
                and wired.works_in_place_at(index)
                and blob.diff_storage in weights
            ):
                who = f"the loss: it holds the loss_weight of {weights[blob.diff_storage]}"
                yield Conflict(number, index, who)


def leaking_gradients(layers: Sequence[WiredLayer]) -> Iterator[Conflict]:
    """Layers that hand no gradient down, but whose bottom's diff is that of its top.

    A layer below that has further tops goes back all the same, and would find there what the layers
    above have written. (Where all of its tops lead nowhere, it does not go back.)
    """
    read: dict[Storage, str] = {}
    for number, wired in enumerate(layers):
        for index, blob in enumerate(wired.bottom):
            who = read.get(blob.diff_storage)
            if who is None or (wired.need_backward and wired.bottom_need_backward[index]):
                continue
            for k, top in enumerate(wired.top):
                if top.diff_storage is blob.diff_storage and _diff_is_written(layers, number, k):
                    yield Conflict(number, k, who, leaking_bottom=index)
        if wired.need_backward and wired.bottom:
            read |= {top.diff_storage: f"the backward of {described(wired)}" for top in wired.top}
        read |= {b.diff_storage: f"the weights of {described(wired)}" for b in wired.layer.blobs_}


def _diff_is_written(layers: Sequence[WiredLayer], number: int, top_index: int) -> bool:
    """Whether layers above, a loss weight or, for lack of these, a caller give a top a diff."""
    storage = layers[number].top[top_index].diff_storage
    readers = [
        (later, index)
        for later in layers[number + 1 :]
        for index, blob in enumerate(later.bottom)
        if blob.diff_storage is storage
    ]
    weighted = any(
        later.layer.loss(k) and top.diff_storage is storage
        for later in layers[number:]
        for k, top in enumerate(later.top)
    )
    handed_down = any(w.need_backward and w.bottom_need_backward[index] for w, index in readers)
    return weighted or handed_down or (not readers and layers[number].need_backward)


def described(wired: WiredLayer) -> str:
    return f'{wired.layer.type} layer "{wired.layer.name}"'


def give_tops_their_own_diffs(layers: Sequence[WiredLayer], params: Sequence[Param]) -> None:
    """Where a top has the diff of a weight, but others write there, too.

    These are other layers with the same weight, and a loss weight, which would be cleared.
    """
    shared = ids_of_shared(params)
    lost = loss_weights(layers)
    for wired in layers:
        for blob in wired.layer.blobs_:
            if blob.diff_storage in lost:
                blob.clear_diff()
            wired.layer.needs_own_diff |= id(blob) in shared or blob.diff_storage in lost
    if any(wired.layer.needs_own_diff and not wired.bottom for wired in layers):
        for wired in layers:
            wired.update_shapes()
