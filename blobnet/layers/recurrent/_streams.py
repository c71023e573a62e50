"""Whether the bottoms of a recurrent layer are of the same timesteps and streams."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer


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
