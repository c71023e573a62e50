"""Nets run over more items than their batch holds: forward_all and its kin. Caffe: pycaffe.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Protocol

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import NetError, explain
from blobnet.types import Array

Arrays = dict[str, Array]


class Runs(Protocol):
    """What of a Net is needed here."""

    blobs: Any
    inputs: list[str]
    outputs: list[str]

    def forward(self, blobs: Sequence[str] | None = None, **inputs: Any) -> Arrays: ...

    def backward(self, diffs: Sequence[str] | None = None, **tops: Any) -> Arrays: ...


def batches(net: Runs, arrays: Mapping[str, Any]) -> Iterator[Arrays]:
    """Cut arrays into batches of the net's first blob; the last is filled up with zeros.

    Raises NetError where they are not equally long.
    """
    count, size = _count(arrays), _first(net).shape[0]
    for start in range(0, count, size):
        batch = {name: np.asarray(array[start : start + size]) for name, array in arrays.items()}
        yield {name: _filled_up(values, size) for name, values in batch.items()}


def forward_all(net: Runs, blobs: Sequence[str], inputs: Mapping[str, Any]) -> Arrays:
    """The values of outputs and `blobs` for all items of the inputs."""
    if not inputs:
        what = "forward_all is given nothing to run over"
        raise NetError(explain(what, expected=", ".join(net.inputs) or "a net with inputs"))
    found: dict[str, list[Any]] = {name: [] for name in [*net.outputs, *blobs]}
    for batch in batches(net, inputs):
        _add(found, net.forward(blobs, **batch))
    return _joined(found, _count(inputs))


def forward_backward_all(
    net: Runs, blobs: Sequence[str], diffs: Sequence[str], arrays: Mapping[str, Any]
) -> tuple[Arrays, Arrays]:
    """The values of outputs and `blobs`, the diffs of inputs and `diffs`, for all items."""
    if not set(arrays) <= {*net.inputs, *net.outputs} or not arrays:
        expected = ", ".join(dict.fromkeys([*net.inputs, *net.outputs]))
        what = "forward_backward_all runs over inputs and diffs of outputs"
        raise NetError(explain(what, expected=expected, got=", ".join(arrays) or "none"))
    down = batches(net, {name: arrays[name] for name in net.inputs if name in arrays})
    up = batches(net, {name: arrays[name] for name in net.outputs if name in arrays})
    values: dict[str, list[Any]] = {name: [] for name in [*net.outputs, *blobs]}
    gradients: dict[str, list[Any]] = {name: [] for name in [*net.inputs, *diffs]}
    nothing: Arrays = {}
    for inputs, tops in zip_longest(down, up, fillvalue=nothing):
        _add(values, net.forward(blobs, **inputs))
        _add(gradients, net.backward(diffs, **tops))
    count = _count(arrays)
    return _joined(values, count), _joined(gradients, count)


def _first(net: Runs) -> Blob:
    blob: Blob | None = next(iter(net.blobs.values()), None)
    if blob is None or not blob.shape or not blob.shape[0]:
        what = "the net's first blob has no items, so it says no batch size"
        raise NetError(explain(what, got=blob))
    return blob


def _count(arrays: Mapping[str, Any]) -> int:
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        what = "arrays of different length cannot be cut into the same batches"
        got = ", ".join(f"{name}: {count}" for name, count in counts.items())
        raise NetError(explain(what, expected="as many items in each", got=got))
    return next(iter(counts.values()), 0)


def _filled_up(values: Array, size: int) -> Array:
    if len(values) == size:
        return values
    rest = np.zeros((size - len(values), *values.shape[1:]), values.dtype)
    return np.concatenate([values, rest])


def _add(found: dict[str, list[Any]], arrays: Arrays) -> None:
    for name, values in arrays.items():
        found[name].append(np.atleast_1d(values).copy())


def _joined(found: dict[str, list[Any]], count: int) -> Arrays:
    """All batches in one, without what the last was filled up with."""
    return {
        name: np.concatenate(parts)[:count] if parts else np.zeros(0, np.float32)
        for name, parts in found.items()
    }
