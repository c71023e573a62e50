"""The lines of `debug_info`: mean absolute values, layer by layer, in Caffe's words.

Caffe: Net::ForwardDebugInfo, BackwardDebugInfo and UpdateDebugInfo in net.cpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from blobnet.blob import Blob
from blobnet.loggers import named_logger
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array
from blobnet.weights.params import Param
from blobnet.wired_layer import WiredLayer

_log = named_logger("blobnet.net")


def log_forward(wired: WiredLayer) -> None:
    """The sizes of a layer's tops and weights, after its forward."""
    name = wired.layer.name
    for top_name, blob in zip(wired.top_names, wired.top, strict=True):
        _log.info(
            "    [Forward] Layer %s, top blob %s data: %g", name, top_name, mean_abs(blob.data)
        )
    for index, blob in enumerate(wired.layer.blobs_):
        spec = wired.layer.layer_param_.param[index : index + 1]
        shown = spec[0].name if spec and spec[0].name else index  # a shared weight has a name
        _log.info(
            "    [Forward] Layer %s, param blob %s data: %g", name, shown, mean_abs(blob.data)
        )


def log_backward(wired: WiredLayer) -> None:
    """The sizes of the gradients that a layer has computed."""
    name = wired.layer.name
    for i, blob in enumerate(wired.bottom):
        if wired.bottom_need_backward[i]:
            _log.info(
                "    [Backward] Layer %s, bottom blob %s diff: %g",
                name,
                wired.bottom_names[i],
                mean_abs(blob.diff),
            )
    for i, blob in enumerate(wired.layer.blobs_):
        if wired.layer.param_propagate_down_[i]:
            _log.info(
                "    [Backward] Layer %s, param blob %s diff: %g", name, i, mean_abs(blob.diff)
            )


def log_all_params(params: Sequence[Blob]) -> None:
    """The norms of all weights and of all gradients."""
    with overflow_allowed():  # what has overflowed is shown so
        sums = [
            (np.abs(array).sum(), float(np.vdot(array, array)))
            for blob in params
            for array in (blob.data, blob.diff)
        ]
    data, diff = sums[0::2], sums[1::2]
    _log.error(
        "    [Backward] All net params (data, diff): L1 norm = (%g, %g); L2 norm = (%g, %g)",
        sum(l1 for l1, _ in data),
        sum(l1 for l1, _ in diff),
        sum(squares for _, squares in data) ** 0.5,
        sum(squares for _, squares in diff) ** 0.5,
    )


def log_update(params: Iterable[Param]) -> None:
    """The sizes of all weights and of the changes about to be made."""
    for param in params:
        diff = mean_abs(param.blob.diff)
        if param.owner is None:
            _log.info(
                "    [Update] Layer %s, param %s data: %g; diff: %g",
                param.layer_name,
                param.display_name,
                mean_abs(param.blob.data),
                diff,
            )
        else:
            _log.info(
                "    [Update] Layer %s, param blob %s (owned by layer %s, param %s) diff: %g",
                param.layer_name,
                param.display_name,
                param.owner.layer_name,
                param.owner.display_name,
                diff,
            )


def mean_abs(array: Array) -> float:
    with overflow_allowed():
        return float(np.abs(array).mean()) if array.size else 0.0
