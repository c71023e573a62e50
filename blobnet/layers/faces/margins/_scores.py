"""Layers that change the score of the true class, and tell in a second top by what number."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.faces._labels import check_count


def check_scores_place(layer: Layer, bottom: Blobs, top: Blobs) -> None:
    """Raise LayerError where a top is the labels, or the number lies in the place of the scores."""
    if any(blob is bottom[1] for blob in top) or (len(top) > 1 and top[1] is bottom[0]):
        raise layer.error("only the scores may be worked on in place")


def reshape_scores(layer: Layer, bottom: Blobs, top: Blobs) -> None:
    """The shapes of both tops; LayerError unless there are scores, and a label for each item."""
    num = bottom[0].shape[0] if bottom[0].num_axes else 1
    if bottom[0].count and bottom[0].count % num:
        raise layer.error("there are no scores", got=f"shape {bottom[0].shape}")
    check_count(layer, bottom[1], num)
    if top[0] is not bottom[0]:
        top[0].reshape_like(bottom[0])
    if len(top) > 1:
        top[1].reshape((1,))
