"""Files that have a layer's weights in another order or shape, or those of two layers as one's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from blobnet.blob import Blob
from blobnet.loggers import named_logger
from blobnet.serialization.stored import StoredBlob, StoredWeights
from blobnet.wired_layer import WiredLayer

_log = named_logger("blobnet.net")


def adapted_to(wired: Sequence[WiredLayer], stored: StoredWeights) -> StoredWeights:
    """The weights of a file as the layers of a net have them: see `Layer.adapt_stored`.

    Where what belongs to the layer behind finds none, all stays where it was, and does not fit.
    """
    found: dict[str, Mapping[int, StoredBlob]] = dict(stored)
    for index, each in enumerate(wired):
        name = each.layer.name
        if name not in stored:
            continue
        own, behind = each.layer.adapt_stored(stored[name])
        if not each.layer.layer_param_.strict_dim:
            own = _by_count(each.layer.blobs_, own)
        if behind:
            taker = _taker(wired[index + 1 :], each.top_names[0], behind, stored)
            if taker is None:
                continue
            found[taker] = behind
            _log.info("Layer %s gets what the weights have at layer %s", taker, name)
        found[name] = own
    return found


def _by_count(blobs: Sequence[Blob], stored: Mapping[int, StoredBlob]) -> dict[int, StoredBlob]:
    """What a file has for weights of a layer, in their shapes wherever the count is theirs."""
    shapes = {index: blob.shape for index, blob in enumerate(blobs)}
    return {
        index: replace(each, shape=shapes[index], legacy=False, read_into=None)
        if index in shapes and each.count == blobs[index].count
        else each
        for index, each in stored.items()
    }


def _taker(
    wired: Sequence[WiredLayer],
    blob_name: str,
    blobs: Mapping[int, StoredBlob],
    stored: StoredWeights,
) -> str | None:
    """The next layer that reads a blob, if these are its weights and the file has none for it."""
    for each in wired:
        if blob_name in each.bottom_names:
            weights = each.layer.blobs_
            fits = len(weights) == len(blobs) and all(
                blobs[index].fits(weight.shape) for index, weight in enumerate(weights)
            )
            return each.layer.name if fits and not stored.get(each.layer.name) else None
    return None
