"""Values that are overwritten while somebody still needs them: found and mended at wiring time.

Layers share memory: one that works in place writes over its bottom, a Reshape or a Split lends its
bottom's memory to its tops. Caffe checks nothing here; its gradients are silently wrong where, for
example, a Dropout works in place on the output of a Sigmoid, which the Sigmoid's backward reads.

Every layer type says what its backward reads (`backward_reads_bottom`, `backward_reads_top`) and
whether it lends (`lends_memory`); whose memory a blob really uses is seen after setup. So each
version of each piece of memory is known: which layer writes it, until when it is needed. Where a
layer would write too early it gets a blob of its own to write to (`KeptValues`), and those behind
it read that one. The names stay: `net.blobs` holds the last version, as ever. The same is done
where a gradient that a layer stops would pass it by, in a diff that its bottom and top share.

An inference needs no backward; a net's outputs are needed until its forward has ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from blobnet.blob import Blob
from blobnet.errors import NetError, explain
from blobnet.net.conflicts import (
    Conflict,
    changed_shape,
    described,
    leaking_gradient,
    overwritten_loss_weight,
)
from blobnet.net.wired_layer import KeptValues, WiredLayer
from blobnet.storage import Storage

_BEFORE = -1  # before the first layer
_END = 2**62  # behind the last one


class _Need(NamedTuple):
    """Between layers `since` and `until`, both left out, nobody may write; `but_by` may."""

    since: int
    until: int
    who: str
    but_by: int = _BEFORE


def keep_needed_values(
    layers: Sequence[WiredLayer],
    blobs: dict[str, Blob],
    inputs: Collection[str],
    *,
    backward: bool,
    keep: Collection[str] = (),
) -> None:
    """Give layers that would overwrite what is still needed a blob of their own to write to.

    layers    in order, after setup; their blobs and `kept` are changed
    blobs     name to blob; gets the last version of each name
    inputs    names of the blobs that the caller fills
    backward  whether gradients will be asked for
    keep      names of blobs whose last version must stay until the forward has ended

    Raises NetError where a copy would not help.
    """
    mended: set[tuple[int, int]] = set()
    while conflict := _first_conflict(layers, blobs, inputs, backward, keep):
        place = conflict.writer, conflict.top_index
        if place in mended:
            raise _cannot_be_mended(layers, conflict)
        _set_apart(layers, blobs, inputs, conflict)
        if conflict.leaking_bottom is not None:  # a loss weight may have been written there
            layers[conflict.writer].kept[-1].source.clear_diff()
        mended.add(place)
        for wired in layers[conflict.writer :]:
            wired.update_shapes()


def _first_conflict(
    layers: Sequence[WiredLayer],
    blobs: dict[str, Blob],
    inputs: Collection[str],
    backward: bool,
    keep: Collection[str],
) -> Conflict | None:
    if backward and (found := leaking_gradient(layers)):
        return found
    if found := changed_shape(layers):
        return found
    if backward and (found := overwritten_loss_weight(layers)):
        return found
    needs: dict[Storage, list[_Need]] = defaultdict(list)
    for storage, need in _needs(layers, blobs, inputs, backward, keep):
        needs[storage].append(need)
    for number, wired in enumerate(layers):
        for index, top in enumerate(wired.top):
            if _only_lends(wired, index):
                continue
            for need in needs[top.data_storage]:
                if need.since < number < need.until and number != need.but_by:
                    return Conflict(number, index, need.who)
    return None


def _needs(
    layers: Sequence[WiredLayer],
    blobs: dict[str, Blob],
    inputs: Collection[str],
    backward: bool,
    keep: Collection[str],
) -> Iterator[tuple[Storage, _Need]]:
    """Which memory must stay as it is, from when to when, and for whom."""
    made: dict[int, int] = {}  # by blob: the last layer that has made or changed it
    read: set[int] = set()
    for number, wired in enumerate(layers):
        layer = wired.layer
        goes_back = backward and wired.need_backward
        for index, blob in enumerate(wired.bottom):
            read.add(id(blob))
            since = made.get(id(blob), _BEFORE)
            in_place = wired.works_in_place_at(index)
            written = _writes_other_bottom(wired, index)
            until = number + written
            yield blob.data_storage, _Need(since, until, f"{described(wired)}, in forward")
            if (
                goes_back
                and layer.backward_reads_bottom
                and not (in_place and layer.works_in_place)
            ):
                own = _BEFORE if in_place or written else number
                who = f"the backward of {described(wired)}"
                yield blob.data_storage, _Need(since, _END, who, own)
        for blob in wired.top:
            made[id(blob)] = number
            if goes_back and layer.backward_reads_top:
                who = f"the backward of {described(wired)}"
                yield blob.data_storage, _Need(number, _END, who)
            if layer.makes_tops_once and not _is_changed_by_name(layers, blob, inputs):
                who = f"{described(wired)}, which makes it only once"
                yield blob.data_storage, _Need(number, _END, who)
    for name, blob in blobs.items():
        if id(blob) not in read or name in keep:
            yield blob.data_storage, _Need(made[id(blob)], _END, f'whoever reads output "{name}"')


def _writes_other_bottom(wired: WiredLayer, bottom_index: int) -> bool:
    """Whether a layer works in place on another bottom, which is the same memory as this one."""
    storage = wired.bottom[bottom_index].data_storage
    return any(
        index != bottom_index and wired.works_in_place_at(index) and blob.data_storage is storage
        for index, blob in enumerate(wired.bottom)
    )


def _is_changed_by_name(layers: Sequence[WiredLayer], blob: Blob, inputs: Collection[str]) -> bool:
    """Whether a layer works in place on an input itself: then the caller fills it every time."""
    return any(
        top is blob and name in inputs and wired.bottom
        for wired in layers
        for name, top in zip(wired.top_names, wired.top, strict=True)
    )


def _only_lends(wired: WiredLayer, top_index: int) -> bool:
    """Whether a top is memory of a bottom, or of a weight, that forward leaves alone."""
    storage = wired.top[top_index].data_storage
    return wired.layer.lends_memory and any(
        blob.data_storage is storage for blob in (*wired.bottom, *wired.layer.blobs_)
    )


def _set_apart(
    layers: Sequence[WiredLayer],
    blobs: dict[str, Blob],
    inputs: Collection[str],
    conflict: Conflict,
) -> None:
    """Let the writer write to a blob of its own, and everybody behind it read that one."""
    number, index = conflict.writer, conflict.top_index
    wired = layers[number]
    if not wired.works_in_place_at(index):
        _copy_bottom(layers, conflict)
        return
    old, name = wired.top[index], wired.top_names[index]
    if name in inputs:
        raise _cannot_be_mended(layers, conflict)
    new = Blob(dtype=old.dtype)
    holds_weight = any(
        later.layer.loss(k) and top.diff_storage is old.diff_storage
        for later in layers[number:]
        for k, top in enumerate(later.top)
    )
    trusted = wired.layer.works_in_place
    shares_diff = trusted and not holds_weight and conflict.leaking_bottom is None
    wired.kept.append(KeptValues(old, new, index, fills=not trusted, shares_diff=shares_diff))
    old.reshape(wired.first_shapes[index])
    wired.top[index] = new
    for later in layers[number + 1 :]:
        later.bottom = [new if blob is old else blob for blob in later.bottom]
        later.top = [new if blob is old else blob for blob in later.top]
        for kept in later.kept:
            if kept.source is old:
                kept.source = new
    if blobs[name] is old:  # or a later version has one of its own already
        blobs[name] = new


def _copy_bottom(layers: Sequence[WiredLayer], conflict: Conflict) -> None:
    """For a layer that shares its bottom's memory under another name: give it a copy to read."""
    wired = layers[conflict.writer]
    storage = wired.top[conflict.top_index].data_storage
    for index, blob in enumerate(wired.bottom):
        if blob.data_storage is storage or index == conflict.leaking_bottom:
            copy = Blob(dtype=blob.dtype)
            wired.kept.append(
                KeptValues(blob, copy, index, fills=True, shares_diff=False, is_bottom=True)
            )
            wired.bottom[index] = copy
            return
    raise _cannot_be_mended(layers, conflict)


def _cannot_be_mended(layers: Sequence[WiredLayer], conflict: Conflict) -> NetError:
    wired = layers[conflict.writer]
    name = wired.top_names[conflict.top_index]
    return NetError(
        explain(
            f"{described(wired)} writes its top '{name}' over values that are still needed",
            expected=f"values that stay for {conflict.who}",
            got="memory that both use",
            fix="give the layer that works in place a top of another name; a layer of your own "
            "must not write into memory that it shares with its bottom",
        )
    )
