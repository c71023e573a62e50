"""The limits of a rectifier that Synopsys writes into ReLU: `relu6`, and `maximum`."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.ops.relu import limited_relu, relu, relu_backward
from blobnet.types import Array


def stated_limit(layer: Layer) -> float | None:
    """What no value of the top exceeds, if anything is stated; the layer then says so."""
    param = layer.layer_param_.relu_param
    stated = [6.0] * param.relu6 + [param.maximum] * (param.maximum > 0)
    if not stated:
        return None
    limit = min(stated)
    layer.limits = None if param.negative_slope else (0.0, limit)
    return limit


def rectify(x: Array, slope: float, limit: float | None, out: Array) -> None:
    """out = max(x, 0) + slope * min(x, 0), and no more than the limit, if there is one."""
    if limit is None:
        relu(x, slope, out=out)
    else:
        limited_relu(x, slope, limit, out=out)


def rectify_backward(top: Blob, x: Array, slope: float, limit: float | None, out: Array) -> None:
    """out = dx; 0 where y has reached its limit."""
    relu_backward(top.diff, x, slope, out=out)
    if limit is not None:
        np.multiply(out, top.data < limit, out=out)
