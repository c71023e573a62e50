"""Checks that the layers of FlowNet2 share."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.types import Shape


def check_images(layer: Layer, bottom: Blobs, channels: int | None = None) -> Shape:
    """The shape (N, C, H, W) of bottom[0]. Raises the layer's error where a bottom has another
    number of axes, or bottom[0] not that many channels."""
    for i, blob in enumerate(bottom):
        if blob.num_axes != 4:
            raise layer.error(
                f"bottom[{i}] must have 4 axes",
                expected="(num, channels, height, width)",
                got=f"shape {blob.shape}",
            )
    if channels is not None and bottom[0].shape[1] != channels:
        raise layer.error(
            f"bottom[0] must have {channels} channels", got=f"shape {bottom[0].shape}"
        )
    return bottom[0].shape


def check_not_empty(layer: Layer, bottom: Blobs) -> None:
    """Raise the layer's error where an image has no pixels."""
    for i, blob in enumerate(bottom):
        if 0 in blob.shape[2:]:
            raise layer.error(f"bottom[{i}] has no pixels", got=f"shape {blob.shape}")
