"""What recurrent layers say of their blobs: whether timesteps fit, where no gradient goes."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.loggers import named_logger

_log = named_logger("blobnet.layers.recurrent")


def check_streams(layer: Layer, bottom: Blobs, num_output: int, num_exposed: int) -> None:
    """Raise LayerError unless all bottoms have the axes they need, and T and N agree."""
    x = bottom[0].shape
    if len(x) < 3 or not x[0]:
        raise layer.error(
            "bottom[0] must have at least 2 axes -- (#timesteps, #streams, ...)",
            expected="shape (T, N, ...): at least one timestep, an item's values from axis 2 on",
            got=f"shape {x}",
        )
    T, N = x[:2]
    if bottom[1].shape != (T, N):
        raise layer.error(
            "bottom[1] must have exactly 2 axes -- (#timesteps, #streams)",
            expected=f"shape {(T, N)}, to go with bottom[0] of shape {x}",
            got=f"shape {bottom[1].shape}",
        )
    first_exposed = len(bottom) - num_exposed
    if first_exposed == 3 and (bottom[2].num_axes < 2 or bottom[2].shape[0] != N):
        raise layer.error(
            "bottom[2], the static input, must have one item per stream",
            expected=f"shape ({N}, ...), to go with bottom[0] of shape {x}",
            got=f"shape {bottom[2].shape}",
        )
    for index, blob in enumerate(bottom[first_exposed:], first_exposed):
        if blob.shape != (1, N, num_output):
            raise layer.error(
                f"bottom[{index}] shape must match hidden state input shape: {(1, N, num_output)}",
                expected="one timestep, N streams as in bottom[0], num_output values",
                got=f"shape {blob.shape}",
            )


def warn_of_lost_gradients(layer: Layer, what: str) -> None:
    _log.warning(
        "%s",
        layer.error(
            f"nothing is learned through {what}: as in Caffe, states that are exposed pass on "
            "no gradients",
            fix="let the loss read top[0], which has the hidden values of all timesteps; or write "
            "`propagate_down: false` where that is meant",
        ),
    )
