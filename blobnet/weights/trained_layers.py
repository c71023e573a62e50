"""Weights of a net: loaded by layer name, written to files.

Caffe: Net::CopyTrainedLayersFrom, ToProto and ToHDF5 in net.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Protocol

from blobnet.blob import Blob
from blobnet.errors import WeightsError, did_you_mean, explain, printable
from blobnet.limits import enough_memory
from blobnet.loggers import named_logger
from blobnet.proto import NetParameter
from blobnet.proto.forks import FORKS, Fork
from blobnet.serialization.blob_proto import blob_to_proto
from blobnet.serialization.files import AtomicWrite, atomic_write
from blobnet.serialization.hdf5 import WeightRow, check_hdf5_names, write_hdf5_weights
from blobnet.serialization.small_numbers import FORK_OF, Numbers, check_numbers
from blobnet.serialization.stored import StoredBlob, StoredWeights
from blobnet.serialization.weights import (
    read_weights,
    stored_weights,
    write_caffemodel,
)
from blobnet.shapes import shape_in_words
from blobnet.weights.layouts import adapted_to
from blobnet.weights.loading import Loading, Pair
from blobnet.weights.params import Param
from blobnet.wired_layer import WiredLayer

_log = named_logger("blobnet.net")

OneWeightsSource = str | PathLike[str] | NetParameter | StoredWeights
WeightsSource = OneWeightsSource | Sequence[OneWeightsSource]


class HasWeights(Protocol):
    """What of a Net is needed to read and write its weights."""

    name: str
    wired: list[WiredLayer]
    layer_names: list[str]
    params: dict[str, list[Blob]]
    all_params: list[Param]


@enough_memory("the weights cannot be loaded", WeightsError)
def copy_trained_layers(
    net: HasWeights, weights: WeightsSource, *, complete: bool = False
) -> list[str]:
    """Copy weights into the layers of the same name; `complete`: into every layer that has some.

    Returns the names of layers that have weights and were given none. Raises WeightsError with
    everything that does not fit; then nothing has been changed.
    """
    loading = Loading(net.all_params)
    shared = {(p.layer_name, p.index) for p in net.all_params if p.owner is not None}
    known = set(net.layer_names)
    all_pairs: list[Pair] = []
    for source in _sources(weights):
        described = _describe(source)
        pairs: list[Pair] = []
        misfits: list[str] = []
        stored = adapted_to(net.wired, _read(source))
        for name, blobs in stored.items():
            if name not in known:
                _log.info("Ignoring source layer %s", name)
                continue
            _match(name, net.params.get(name, []), blobs, shared, pairs, misfits)
        pairs += loading.by_param_name(stored, pairs)
        misfits += loading.left_out(stored, pairs)
        if misfits:
            raise WeightsError(
                explain(
                    f"{described}: the weights do not fit the net",
                    got="\n".join(misfits),
                    fix="to learn a layer anew from the prototxt, rename the layer in the net",
                )
            )
        if net.params and not pairs:
            _log.warning("%s: no layer of the net was given weights", described)
        loading.note(described, stored, pairs)
        all_pairs += pairs
    missing = loading.missing()
    if complete and missing:
        raise _incomplete(weights, ", ".join(missing))
    for blob, stored_blob in all_pairs:
        stored_blob.copy_to(blob.data)
    loaded = {id(blob) for blob, _ in all_pairs}
    for param in net.all_params:
        param.loads += id(param.blob) in loaded
    return missing


def _match(
    name: str,
    blobs: list[Blob],
    stored: Mapping[int, StoredBlob],
    shared: set[tuple[str, int]],
    pairs: list[Pair],
    misfits: list[str],
) -> None:
    """Pair the blobs of one layer with the stored ones, or say why they do not fit."""
    missing = [i for i in range(len(blobs)) if i not in stored and (name, i) not in shared]
    if missing or any(i >= len(blobs) for i in stored):
        misfits.append(
            f"Incompatible number of blobs for layer {name}: the net has {len(blobs)}, "
            f"the weights have {len(stored)}"
        )
        return
    for index, stored_blob in sorted(stored.items()):
        if not stored_blob.fits(blobs[index].shape):
            misfits.append(
                f"Cannot copy param {index} weights from layer '{name}'; shape mismatch: the net "
                f"has {blobs[index].shape}, the weights have {shape_in_words(stored_blob.shape)}"
            )
        elif stored_blob.damage:
            misfits.append(
                f"Cannot copy param {index} weights from layer '{name}'; damaged: "
                f"{stored_blob.damage}"
            )
        elif too_large := stored_blob.too_large_for(blobs[index].dtype):
            misfits.append(f"Cannot copy param {index} weights from layer '{name}': {too_large}")
        else:
            pairs.append((blobs[index], stored_blob))


def _incomplete(weights: WeightsSource, missing: str) -> WeightsError:
    return WeightsError(
        explain(
            f"{', '.join(map(_describe, _sources(weights)))}: weights are missing",
            expected="weights for every layer of the net that has some",
            got=f"none for {missing}",
            fix="take the net that the weights were saved from; names must be the same",
        )
    )


def _sources(weights: WeightsSource) -> list[OneWeightsSource]:
    if isinstance(weights, (str, PathLike, NetParameter, Mapping)):
        return [weights]
    return list(weights)


def _describe(source: OneWeightsSource) -> str:
    if isinstance(source, Mapping):
        return "the given weights"
    return "the given NetParameter" if isinstance(source, NetParameter) else fspath(source)


def _read(source: OneWeightsSource) -> StoredWeights:
    if isinstance(source, Mapping):
        return source
    if isinstance(source, NetParameter):
        return stored_weights(source)
    return read_weights(fspath(source))


def net_to_proto(name: str, layers: Iterable[WiredLayer], *, write_diff: bool) -> NetParameter:
    """A net as a message: its layers as they run, with their weights."""
    proto = NetParameter(name=name)
    for layer in (wired.layer for wired in layers):
        layer_param = proto.layer.add()
        layer_param.CopyFrom(layer.layer_param_)
        del layer_param.blobs[:]
        layer_param.blobs.extend(blob_to_proto(blob, write_diff) for blob in layer.blobs_)
    return proto


def save_net(
    net: HasWeights,
    path: str | PathLike[str],
    *,
    write_diff: bool = False,
    hdf5: bool | None = None,
    write: AtomicWrite = atomic_write,
    fork: str | None = None,
    numbers: str | None = None,
) -> None:
    """Write a net's weights: binary or HDF5; where `hdf5` is None, so if the path ends in ".h5".

    Raises WeightsError for a `fork` that there is not, and for one with HDF5: it has no settings;
    for `numbers` that there are not, with HDF5, with gradients and with another fork than theirs.
    """
    small = None if numbers is None else small_numbers(numbers, path, fork, write_diff)
    fork = fork if small is None else FORK_OF[small]
    its = None if fork is None else fork_named(fork)
    if not (Path(path).suffix == ".h5" if hdf5 is None else hdf5):
        layers = ((wired.layer.layer_param_, wired.layer.blobs_) for wired in net.wired)
        write_caffemodel(path, net.name, layers, write_diff, write, its, small)
        return
    if small is not None:
        raise WeightsError(f"{path}: an HDF5 file has float32 or float64, not {small}")
    if its is not None:
        raise WeightsError(f"{path}: an HDF5 file has weights alone, which all forks read")
    write_hdf5_weights(Path(path), net.layer_names, _hdf5_rows(net), write_diff, write)


def small_numbers(
    numbers: str, path: object, fork: str | None = None, write_diff: bool = False
) -> Numbers:
    """The form of numbers that is called so. Raises WeightsError where nothing has it."""
    check_numbers(numbers)
    small: Numbers = "float16" if numbers == "float16" else "int8"
    if write_diff or (fork is not None and fork != FORK_OF[small]):
        what = f"{path}: gradients" if write_diff else f'{path}: files of the fork "{fork}"'
        raise WeightsError(f"{what} cannot be written as {small}")
    return small


def fork_named(name: str) -> Fork:
    """The fork of Caffe that is called so. Raises WeightsError where there is none."""
    names = {fork.name.lower(): fork for fork in FORKS}
    if name.lower() not in names:
        known = [fork.name for fork in FORKS]
        raise WeightsError(
            explain(
                f'there is no fork "{printable(name)}"',
                expected=f"one of {', '.join(known)}",
                fix=did_you_mean(name, known),
            )
        )
    return names[name.lower()]


def check_hdf5(net: HasWeights) -> None:
    """Raise WeightsError where HDF5 cannot hold a net's weights under their layers' names."""
    check_hdf5_names(net.layer_names, _hdf5_rows(net))


def _hdf5_rows(net: HasWeights) -> list[WeightRow]:
    """One row for each name: of layers with one name, which share all weights, the first counts."""
    rows: dict[tuple[str, int], WeightRow] = {}
    for param in net.all_params:
        row = param.layer_name, param.index, param.blob, param.owner is None
        rows.setdefault((param.layer_name, param.index), row)
    return list(rows.values())
