"""Weights of another net used in place of a net's own: how test nets see what is trained.

Caffe: Net::ShareTrainedLayersWith in net.cpp, which goes by the names of layers alone. Here a layer
that only one net has may also say by `param { name: "W" }` whose weights it uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import WeightsError, explain
from blobnet.loggers import named_logger
from blobnet.proto import ParamSpec
from blobnet.types import Shape
from blobnet.weights.params import Param

_log = named_logger("blobnet.net")

Pairs = list[tuple[Blob, Blob]]
"""A blob of the net that takes, and the blob whose memory it is to use."""


class HasParams(Protocol):
    """What of a Net has to be known to share its weights."""

    layer_names: list[str]
    params: dict[str, list[Blob]]
    all_params: list[Param]


def share_trained_layers(target: HasParams, source: HasParams) -> None:
    """Make a net use another's weights: see `pairs_to_share`."""
    for name in dict.fromkeys(source.layer_names):
        if name not in target.layer_names:
            _log.info("Ignoring source layer %s", name)
    for blob, source_blob in pairs_to_share(target, source):
        blob.share_data(source_blob)


def pairs_to_share(target: HasParams, source: HasParams) -> Pairs:
    """Which blobs of `target` will use whose memory.

    Layers of the same name belong together. What is left goes by the names of params: it uses what
    the source has under that name, or what the other sharers in its own net use.

    Raises WeightsError where weights differ in number or shape, or where two could be meant.
    """
    pairs = _pairs_by_layer(target, source)
    given = {id(blob): source_blob for blob, source_blob in pairs}
    named: dict[str, Param] = {}
    for param in source.all_params:
        named.setdefault(param.name, param)
    named.pop("", None)
    for param in target.all_params:
        if id(param.blob) in given:
            continue
        sharers = [p for p in target.all_params if param.name and p.name == param.name]
        meant = [given[id(p.blob)] for p in sharers if id(p.blob) in given]
        if param.name in named:
            fitting = named[param.name].blob
            _check_fits(param, fitting, named[param.name].layer_name)
            meant.append(fitting)
        if meant:
            _check_one(param, meant)
            pairs.append((param.blob, meant[0]))
    return pairs


def layers_of_their_own(target: HasParams, source: HasParams) -> list[str]:
    """Names of layers whose weights `source` does not have, in whole or in part."""
    given = {id(blob) for blob, _ in pairs_to_share(target, source)}
    own = (param.layer_name for param in target.all_params if id(param.blob) not in given)
    return list(dict.fromkeys(own))


def _pairs_by_layer(target: HasParams, source: HasParams) -> Pairs:
    pairs: Pairs = []
    names = set(target.layer_names)
    for name in dict.fromkeys(source.layer_names):
        if name not in names:
            continue
        blobs, source_blobs = target.params.get(name, []), source.params.get(name, [])
        shapes = [blob.shape for blob in blobs]
        source_shapes = [blob.shape for blob in source_blobs]
        if shapes != source_shapes:
            raise WeightsError(_cannot_share(name, shapes, source_shapes))
        pairs += zip(blobs, source_blobs, strict=True)
    return pairs


def _check_fits(param: Param, blob: Blob, owner: str) -> None:
    permissive = param.spec.share_mode == ParamSpec.PERMISSIVE
    if param.blob.count != blob.count or not (permissive or param.blob.shape == blob.shape):
        raise WeightsError(
            explain(
                f"Cannot share param '{param.name}' of layer '{param.layer_name}' with that of "
                f"layer '{owner}' in the other net; shape mismatch.",
                expected=f"shape {param.blob.shape}",
                got=f"shape {blob.shape}",
                fix="give one of them another param name",
            )
        )


def _check_one(param: Param, meant: Iterable[Blob]) -> None:
    first, *others = (blob.data for blob in meant)
    if not all(np.may_share_memory(first, data) for data in others):
        raise WeightsError(
            explain(
                f"layer '{param.layer_name}' shares param '{param.name}' with layers whose weights "
                "in the other net are not the same",
                expected="one weight for all layers that share it",
                fix="let them share it in both nets, or give it a name of its own",
            )
        )


def _cannot_share(name: str, shapes: list[Shape], source_shapes: list[Shape]) -> str:
    what = f"Incompatible number of blobs for layer {name}"
    if len(shapes) == len(source_shapes):
        differ = [a != b for a, b in zip(shapes, source_shapes, strict=True)].index(True)
        what = f"Cannot share param {differ} weights from layer '{name}'; shape mismatch."
    return explain(what, expected=f"shapes {shapes}", got=f"shapes {source_shapes}")
