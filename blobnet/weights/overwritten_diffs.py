"""Gradients of weights that backward can write, instead of adding them to zeros."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.layer import Layer
from blobnet.weights.params import Param, ids_of_shared
from blobnet.wired_layer import WiredLayer


def overwritten_diffs(layers: Sequence[WiredLayer], params: Sequence[Param]) -> dict[int, Layer]:
    """The id of a weight blob to the one layer that computes its gradient and can write it.

    Weights that several layers share are left out: their gradients add up.
    """
    shared = ids_of_shared(params)
    return {
        id(blob): wired.layer
        for wired in layers
        if wired.need_backward
        for index, blob in enumerate(wired.layer.blobs_)
        if index in wired.layer.can_overwrite_diffs
        and wired.layer.param_propagate_down_[index]
        and id(blob) not in shared
    }
