"""What a layer costs: its multiply-adds, counted as papers do.

A multiply-add is a product that is added to a sum: two floating point operations. Counted are those
of a forward in the layers that multiply with learned matrices (MULTIPLY_ADDS); biases, pooling,
normalizing and whatever works value by value count nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.net import Net


def multiply_adds(layer: Layer, bottom: Blobs, top: Blobs) -> int:
    """The multiply-adds of one forward with blobs of these shapes, for the whole batch.

    0 for types that MULTIPLY_ADDS does not know; a layer of your own gets an entry there.
    """
    count = MULTIPLY_ADDS.get(layer.type)
    return int(count(layer, bottom, top)) if count else 0


def net_multiply_adds(net: Net) -> int:
    """Those of one forward of a whole net."""
    return sum(multiply_adds(wired.layer, wired.bottom, wired.top) for wired in net.wired)


def _convolution(layer: Layer, bottom: Blobs, top: Blobs) -> int:
    """Every output value is a sum over what one filter sees."""
    return sum(blob.count for blob in top) * layer.blobs_[0].count(1)


def _deconvolution(layer: Layer, bottom: Blobs, top: Blobs) -> int:
    """Every input value is multiplied with each weight that starts from its channel."""
    return sum(blob.count for blob in bottom) * layer.blobs_[0].count(1)


def _inner_product(layer: Layer, bottom: Blobs, top: Blobs) -> int:
    return bottom[0].count * layer.layer_param_.inner_product_param.num_output


def _recurrent(layer: Layer, bottom: Blobs, top: Blobs) -> int:
    """Every matrix once for each timestep and stream; that of x_static once for each stream."""
    timesteps, streams = bottom[0].shape[:2]
    exposed = len(top) - 1
    matrices = [int(blob.count) for blob in layer.blobs_ if blob.num_axes == 2]
    static = matrices.pop(1) if len(bottom) - exposed == 3 else 0
    return streams * (timesteps * sum(matrices) + static)


MULTIPLY_ADDS: dict[str, Callable[[Layer, Blobs, Blobs], int]] = {
    "Convolution": _convolution,
    "Deconvolution": _deconvolution,
    "InnerProduct": _inner_product,
    "LSTM": _recurrent,
    "RNN": _recurrent,
}
"""Layer type to what counts for it: a function of the layer, its bottoms and its tops."""
