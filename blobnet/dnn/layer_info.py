"""What net.getLayer gives: a layer's name, type and weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike

from blobnet.dnn.constants import DNN_TARGET_CPU
from blobnet.dnn.not_here import REASONS_OF_LAYER, missing
from blobnet.types import Array

Read = Callable[[], Sequence[Array]]
Write = Callable[[list[Array]], None]


class Layer:
    """A layer of a net: its name, type and weights.

    preferableTarget  DNN_TARGET_CPU
    """

    preferableTarget = DNN_TARGET_CPU

    def __init__(self, name: str, type: str, read: Read, write: Write) -> None:
        self._name, self._type = name, type
        self._read, self._write = read, write

    def __getattr__(self, name: str) -> NoReturn:
        """What is not here says so by its name."""
        raise missing("dnn.Layer", name, REASONS_OF_LAYER)

    def empty(self) -> bool:
        """False: it is a layer."""
        return False

    def outputNameToIndex(self, outputName: str) -> int:
        """0, as of all layers that Caffe's files have in OpenCV."""
        return 0

    @property
    def name(self) -> str:
        """What forward and getLayer call it."""
        return self._name

    @property
    def type(self) -> str:
        """As OpenCV has it."""
        return self._type

    @property
    def blobs(self) -> tuple[Array, ...]:
        """The weights as they are now, copied: float32, n biases as (n, 1).

        Other ones can be given, `layer.blobs = [weight, bias]`: they count from the next forward.
        """
        return as_in_opencv(self._type, [blob.copy() for blob in self._read()])

    @blobs.setter
    def blobs(self, values: Sequence[ArrayLike]) -> None:
        self._write([np.array(one, np.float32) for one in values])


def as_in_opencv(type: str, blobs: Sequence[Array]) -> tuple[Array, ...]:
    """The weights of a layer in OpenCV's shapes: n numbers are (n, 1), and (1, n) in a product."""
    if type == "InnerProduct" and blobs:
        matrix, *biases = blobs
        rows = max(1, biases[0].size if biases else matrix.shape[-2 if matrix.ndim > 1 else 0])
        return matrix.reshape(rows, -1), *(bias.reshape(1, -1) for bias in biases)
    return tuple(blob[:, None] if blob.ndim == 1 else blob for blob in blobs)
