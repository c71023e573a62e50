"""Weights of a net: loaded by layer name, shared with another net, written to files.

Caffe: Net::CopyTrainedLayersFrom, ShareTrainedLayersWith, ToProto and ToHDF5 in net.cpp.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Protocol

from blobnet.blob import Blob
from blobnet.errors import WeightsError, explain
from blobnet.layer import Layer
from blobnet.limits import enough_memory
from blobnet.net.wiring import Param
from blobnet.proto import NetParameter
from blobnet.serialization.stored import StoredBlob, StoredWeights
from blobnet.serialization.weights import read_weights, stored_weights, write_caffemodel
from blobnet.shapes import shape_in_words
from blobnet.types import Shape

_log = logging.getLogger("blobnet.net")

Pair = tuple[Blob, StoredBlob]
OneWeightsSource = str | PathLike[str] | NetParameter
WeightsSource = OneWeightsSource | Sequence[OneWeightsSource]
NamedBlobs = Mapping[str, list[Blob]]
"""Layer name to weight blobs: every layer of a net, those without weights too."""


class HasWeights(Protocol):
    """What of a Net is needed to write its weights."""

    name: str
    layers: list[Layer]
    layer_names: list[str]
    all_params: list[Param]


@enough_memory("the weights cannot be loaded", WeightsError)
def copy_trained_layers(
    params: Mapping[str, list[Blob]],
    layer_names: Iterable[str],
    all_params: Iterable[Param],
    weights: WeightsSource,
) -> None:
    """Copy weights into the layers of the same name.

    Raises WeightsError with everything that does not fit; then nothing has been changed.
    """
    shared = {(p.layer_name, p.index) for p in all_params if p.owner is not None}
    known = set(layer_names)
    all_pairs: list[Pair] = []
    for source in _sources(weights):
        described = "the given NetParameter" if isinstance(source, NetParameter) else source
        pairs: list[Pair] = []
        misfits: list[str] = []
        for name, blobs in _read(source).items():
            if name not in known:
                _log.info("Ignoring source layer %s", name)
                continue
            _match(name, params.get(name, []), blobs, shared, pairs, misfits)
        if misfits:
            raise WeightsError(
                explain(
                    f"{described}: the weights do not fit the net",
                    got="\n".join(misfits),
                    fix="to learn a layer anew from the prototxt, rename the layer in the net",
                )
            )
        if params and not pairs:
            _log.warning("%s: no layer of the net was given weights", described)
        all_pairs += pairs
    for blob, stored_blob in all_pairs:
        stored_blob.copy_to(blob.data)


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


def _sources(weights: WeightsSource) -> list[OneWeightsSource]:
    if isinstance(weights, (str, PathLike, NetParameter)):
        return [weights]
    return list(weights)


def _read(source: OneWeightsSource) -> StoredWeights:
    if isinstance(source, NetParameter):
        return stored_weights(source)
    return read_weights(fspath(source))


def share_trained_layers(target: NamedBlobs, source: NamedBlobs) -> None:
    """Make layers use the memory of the source's layers of the same name.

    Raises WeightsError where their weights differ in number or shape.
    """
    pairs: list[tuple[Blob, Blob]] = []
    for name, source_blobs in source.items():
        if name not in target:
            _log.info("Ignoring source layer %s", name)
            continue
        shapes = [blob.shape for blob in target[name]]
        source_shapes = [blob.shape for blob in source_blobs]
        if shapes != source_shapes:
            raise WeightsError(_cannot_share(name, shapes, source_shapes))
        pairs += zip(target[name], source_blobs, strict=True)
    for blob, source_blob in pairs:
        blob.share_data(source_blob)


def _cannot_share(name: str, shapes: list[Shape], source_shapes: list[Shape]) -> str:
    what = f"Incompatible number of blobs for layer {name}"
    if len(shapes) == len(source_shapes):
        differ = [a != b for a, b in zip(shapes, source_shapes, strict=True)].index(True)
        what = f"Cannot share param {differ} weights from layer '{name}'; shape mismatch."
    return explain(what, expected=f"shapes {shapes}", got=f"shapes {source_shapes}")


def net_to_proto(name: str, layers: Iterable[Layer], *, write_diff: bool) -> NetParameter:
    """A net as a message: its layers as they run, with their weights."""
    proto = NetParameter(name=name)
    for layer in layers:
        layer_param = proto.layer.add()
        layer_param.CopyFrom(layer.layer_param_)
        del layer_param.blobs[:]
        layer_param.blobs.extend(blob.to_proto(write_diff) for blob in layer.blobs_)
    return proto


def save_net(net: HasWeights, path: str | PathLike[str], *, write_diff: bool = False) -> None:
    """Write a net's weights: binary, or HDF5 where the path ends in ".h5"."""
    if Path(path).suffix != ".h5":
        layers = ((layer.layer_param_, layer.blobs_) for layer in net.layers)
        write_caffemodel(path, net.name, layers, write_diff)
        return
    from blobnet.serialization.hdf5 import write_hdf5_weights

    rows = [(p.layer_name, p.index, p.blob, p.owner is None) for p in net.all_params]
    write_hdf5_weights(Path(path), net.layer_names, rows, write_diff)
