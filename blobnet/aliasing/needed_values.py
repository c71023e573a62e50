"""Values that are overwritten while somebody still needs them: found and mended at wiring time.

Layers share memory: one that works in place writes over its bottom, a Reshape or a Split lends its
bottom's memory to its tops. Caffe checks nothing here; its gradients are silently wrong where, for
example, a Dropout works in place on the output of a Sigmoid, which the Sigmoid's backward reads.

Every layer type says what its backward reads (`backward_reads_bottom`, `backward_reads_top`) and
whether it lends (`lends_memory`); whose memory a blob really uses is seen after setup. So each
version of each piece of memory is known: which layer writes it, until when it is needed. Where a
layer would write too early it gets a blob of its own to write to (`PrivateCopy`), and those behind
it read that one. The names stay: `net.blobs` holds the last version, as ever. The same is done
where a gradient that a layer stops would pass it by, in a diff that its bottom and top share.

An inference needs no backward; a net's outputs are needed until its forward has ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from blobnet.aliasing.conflicts import (
    Conflict,
    changed_shapes,
    described,
    leaking_gradients,
    loss_weights,
    overwritten_loss_weights,
)
from blobnet.aliasing.private_copy import PrivateCopy
from blobnet.blob import Blob
from blobnet.errors import NetError, explain
from blobnet.storage import Storage
from blobnet.wired_layer import WiredLayer

_BEFORE = -1  # before the first layer
_END = 2**62  # behind the last one


class _Need(NamedTuple):
    """Between layers `since` and `until`, both left out, nobody may write; `but_by` may."""

    since: int
    until: int
    who: str
    but_by: int = _BEFORE


@dataclass
class _Wiring:
    """What there is to look at: see `keep_needed_values`."""

    layers: Sequence[WiredLayer]
    blobs: dict[str, Blob]
    inputs: Collection[str]
    backward: bool
    keep: Collection[str]


def keep_needed_values(
    layers: Sequence[WiredLayer],
    blobs: dict[str, Blob],
    inputs: Collection[str],
    *,
    backward: bool,
    keep: Collection[str] = (),
) -> None:
    """Give layers that would overwrite what is still needed a blob of their own to write to.

    layers    in order, after setup; their blobs and `private_blobs` are changed
    blobs     name to blob; gets the last version of each name
    inputs    names of the blobs that the caller fills
    backward  whether gradients will be asked for
    keep      names of blobs whose last version must stay until the forward has ended

    Raises NetError where a copy would not help.
    """
    wiring = _Wiring(layers, blobs, inputs, backward, keep)
    mended: set[tuple[int, int]] = set()
    while conflicts := _find_conflicts(wiring):
        for conflict in conflicts:
            place = conflict.writer, conflict.top_index
            if place in mended:
                raise _cannot_be_mended(layers, conflict)
            mended.add(place)
        _set_apart(wiring, conflicts)
        for wired in layers[conflicts[0].writer :]:
            wired.update_shapes()


def _find_conflicts(wiring: _Wiring) -> list[Conflict]:
    """Layers that write too early, in order; there may be more once these have been mended."""
    layers = wiring.layers
    if wiring.backward and (found := list(leaking_gradients(layers))):
        return found
    if found := list(changed_shapes(layers)):
        return found
    if wiring.backward and (found := list(overwritten_loss_weights(layers))):
        return found
    return list(_overwritten_values(wiring))


# --- values ---------------------------------------------------------------------------------------


def _overwritten_values(wiring: _Wiring) -> Iterator[Conflict]:
    needs: dict[Storage, list[_Need]] = defaultdict(list)
    for storage, need in _needs(wiring):
        needs[storage].append(need)
    pending = {storage: _Pending(found) for storage, found in needs.items()}
    for number, wired in enumerate(wiring.layers):
        for index, top in enumerate(wired.top):
            if top.data_storage in pending and not _only_lends(wired, index):
                broken = pending[top.data_storage].broken_by(number, top)
                if broken is not None:
                    yield Conflict(number, index, broken.who)


class _Pending:
    """The needs of one piece of memory, looked at in the order of those who write there.

    A layer found to write too early will write elsewhere, and so will those that go on with its
    blob: from then on only what is needed later counts. Others who write to the same memory,
    under another name, are left for the next time.
    """

    def __init__(self, needs: list[_Need]) -> None:
        self._coming = sorted(needs, key=lambda need: need.since, reverse=True)
        self._longest: list[_Need] = []  # of those begun: two, lest the writer may break the first
        self._moved: Blob | None = None

    def broken_by(self, writer: int, blob: Blob) -> _Need | None:
        """The need that a layer breaks by writing to a blob; None where it breaks none."""
        if self._moved is not None and self._moved is not blob:
            return None
        while self._coming and self._coming[-1].since < writer:
            begun = [*self._longest, self._coming.pop()]
            self._longest = sorted(begun, key=lambda need: need.until, reverse=True)[:2]
        for need in self._longest:
            if writer < need.until and writer != need.but_by:
                self._longest, self._moved = [], blob
                return need
        return None


def _needs(wiring: _Wiring) -> Iterator[tuple[Storage, _Need]]:
    """Which memory must stay as it is, from when to when, and for whom."""
    made: dict[int, int] = {}  # by blob: the last layer that has made or changed it
    read: set[int] = set()
    filled_anew = _changed_inputs(wiring)
    for number, wired in enumerate(wiring.layers):
        layer, name = wired.layer, described(wired)
        goes_back = wiring.backward and wired.need_backward
        for index, blob in enumerate(wired.bottom):
            read.add(id(blob))
            since = made.get(id(blob), _BEFORE)
            in_place = wired.works_in_place_at(index)
            written = _writes_other_bottom(wired, index)
            yield blob.data_storage, _Need(since, number + written, f"{name}, in forward")
            if (
                goes_back
                and layer.backward_reads_bottom
                and not (in_place and layer.works_in_place)
            ):
                own = _BEFORE if in_place or written else number
                yield blob.data_storage, _Need(since, _END, f"the backward of {name}", own)
        for blob in wired.top:
            made[id(blob)] = number
            if goes_back and layer.backward_reads_top:
                yield blob.data_storage, _Need(number, _END, f"the backward of {name}")
            if layer.makes_tops_once and id(blob) not in filled_anew:
                yield blob.data_storage, _Need(number, _END, f"{name}, which makes it only once")
    for top, blob in wiring.blobs.items():
        if id(blob) not in read or top in wiring.keep:
            yield blob.data_storage, _Need(made[id(blob)], _END, f'whoever reads output "{top}"')


def _writes_other_bottom(wired: WiredLayer, bottom_index: int) -> bool:
    """Whether a layer works in place on another bottom, which is the same memory as this one."""
    storage = wired.bottom[bottom_index].data_storage
    return any(
        index != bottom_index and wired.works_in_place_at(index) and blob.data_storage is storage
        for index, blob in enumerate(wired.bottom)
    )


def _changed_inputs(wiring: _Wiring) -> set[int]:
    """Inputs on which a layer works in place by name: these the caller has to fill every time."""
    return {
        id(top)
        for wired in wiring.layers
        if wired.bottom
        for name, top in zip(wired.top_names, wired.top, strict=True)
        if name in wiring.inputs
    }


def _only_lends(wired: WiredLayer, top_index: int) -> bool:
    """Whether a top is memory of a bottom, or of a weight, that forward leaves alone."""
    storage = wired.top[top_index].data_storage
    return wired.layer.lends_memory and any(
        blob.data_storage is storage for blob in (*wired.bottom, *wired.layer.blobs_)
    )


# --- mending --------------------------------------------------------------------------------------


def _set_apart(wiring: _Wiring, conflicts: Sequence[Conflict]) -> None:
    """Let the writers write to blobs of their own, and everybody behind them read those."""
    weighted = loss_weights(wiring.layers)
    by_writer: dict[int, list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        by_writer[conflict.writer].append(conflict)
    version: dict[int, Blob] = {}  # by blob as it was wired: what is written to in its place
    for number, wired in enumerate(wiring.layers[conflicts[0].writer :], conflicts[0].writer):
        tops = list(wired.top)
        wired.bottom = [version.get(id(blob), blob) for blob in wired.bottom]
        wired.top = [version.get(id(blob), blob) for blob in wired.top]
        for private in wired.private_blobs:
            private.source = version.get(id(private.source), private.source)
        for conflict in by_writer[number]:
            if wired.works_in_place_at(conflict.top_index):
                new = _apart_top(wiring, conflict, weighted)
                version[id(tops[conflict.top_index])] = new
            else:
                _copy_bottom(wiring.layers, conflict)
            if conflict.leaking_bottom is not None:  # a loss weight may have been written there
                wired.private_blobs[-1].source.clear_diff()
    for name, blob in wiring.blobs.items():
        wiring.blobs[name] = version.get(id(blob), blob)


def _apart_top(wiring: _Wiring, conflict: Conflict, weighted: Collection[Storage]) -> Blob:
    """A top of its own for a layer that worked in place."""
    index = conflict.top_index
    wired = wiring.layers[conflict.writer]
    old, name = wired.top[index], wired.top_names[index]
    if name in wiring.inputs:
        raise _cannot_be_mended(wiring.layers, conflict)
    new = Blob(dtype=old.dtype)
    trusted = wired.layer.works_in_place
    shares_diff = trusted and old.diff_storage not in weighted and conflict.leaking_bottom is None
    wired.private_blobs.append(
        PrivateCopy(old, new, index, fills=not trusted, shares_diff=shares_diff)
    )
    old.reshape(wired.first_shapes[index])
    wired.top[index] = new
    return new


def _copy_bottom(layers: Sequence[WiredLayer], conflict: Conflict) -> None:
    """For a layer that shares its bottom's memory under another name: give it a copy to read."""
    wired = layers[conflict.writer]
    storage = wired.top[conflict.top_index].data_storage
    for index, blob in enumerate(wired.bottom):
        if blob.data_storage is storage or index == conflict.leaking_bottom:
            copy = Blob(dtype=blob.dtype)
            wired.private_blobs.append(
                PrivateCopy(blob, copy, index, fills=True, shares_diff=False, is_bottom=True)
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
