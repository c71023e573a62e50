"""The maps of a proposal network: some for each image, one for each anchor."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.detection.cascade._anchor_labels import check_maps


def check_group_maps(layer: Layer, bottom: Blobs, classes: int, group: int) -> None:
    """Refuse bottoms that are not (N * G, C, H, W), (N * G, 4, H, W) and (N * G, 6, H, W)."""
    scores, deltas, labels = bottom
    check_maps(layer, scores, labels, 2, classes)
    if deltas.shape != (scores.shape[0], 4, *scores.shape[2:]):
        raise layer.error(
            "four deltas at each place of the scores",
            expected=f"({scores.shape[0]}, 4, {scores.shape[2]}, {scores.shape[3]})",
            got=f"bottom[1] of shape {deltas.shape}",
        )
    if scores.shape[0] % group:
        raise layer.error(
            "there is no map for each anchor of each image",
            expected=f"(N * {group}, {classes}, H, W)",
            got=f"bottom[0] of shape {scores.shape}",
        )
