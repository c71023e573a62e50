"""For layers that cannot write where they read."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer


def refuse_in_place(layer: Layer, bottom: Blobs, top: Blobs) -> None:
    """Raise LayerError where a top of this layer is one of its bottoms."""
    if any(blob is source for blob in top for source in bottom):
        raise layer.error(
            f"{layer.type} Layer does not allow in-place computation.",
            fix="give every top a name of its own",
        )
