"""What the classes of Python layers are given besides blobs, as in pycaffe."""

from __future__ import annotations

import enum

from blobnet.blob import Blob
from blobnet.proto import TEST, TRAIN
from blobnet.types import DType


class NamedPhase(enum.IntEnum):
    """TRAIN or TEST: the number that Caffe gives, which prints as the name."""

    TRAIN = TRAIN
    TEST = TEST

    def __str__(self) -> str:
        return self.name

    def __format__(self, spec: str) -> str:
        return format(int(self), spec) if spec else self.name


class BlobVec(list[Blob]):
    """The weights of a layer: a list that can make new ones."""

    def __init__(self, dtype: DType) -> None:
        super().__init__()
        self._dtype = dtype

    def add_blob(self, *shape: int) -> None:
        """Append a Blob of this shape, filled with zeros: `self.blobs.add_blob(64, 10)`."""
        blob = Blob(dtype=self._dtype)
        blob.reshape(*shape)
        self.append(blob)
