"""What net.getLayer gives: a layer's name, type and weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from blobnet.dnn.constants import DNN_TARGET_CPU
from blobnet.types import Array


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of a net.

    blobs            its weights, as they are now, copied: float32, n biases as (n, 1)
    preferableTarget DNN_TARGET_CPU
    """

    name: str
    type: str
    blobs: tuple[Array, ...]
    preferableTarget: int = DNN_TARGET_CPU


def as_in_opencv(type: str, blobs: Sequence[Array]) -> tuple[Array, ...]:
    """The weights of a layer in OpenCV's shapes: n numbers are (n, 1), and (1, n) in a product."""
    if type == "InnerProduct" and blobs:
        matrix, *biases = blobs
        rows = max(1, biases[0].size if biases else matrix.shape[-2 if matrix.ndim > 1 else 0])
        return matrix.reshape(rows, -1), *(bias.reshape(1, -1) for bias in biases)
    return tuple(blob[:, None] if blob.ndim == 1 else blob for blob in blobs)
