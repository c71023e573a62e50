"""What layers with weights of two values share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.proto import BinaryConvolutionParameter, BinaryInnerProductParameter
from blobnet.types import Array

BinaryParameter = BinaryConvolutionParameter | BinaryInnerProductParameter


def binarized(weight: Array, *, by_size: bool, out: Array) -> None:
    """out = the signs of weights, those of 0 being 1; times the mean size along axis 0's rows."""
    np.copyto(out, np.where(weight >= 0, weight.dtype.type(1), weight.dtype.type(-1)))
    if by_size:
        rows = weight.reshape(len(weight), -1)
        out *= np.abs(rows).mean(axis=1).reshape(-1, *(1,) * (weight.ndim - 1))


class BinaryWeights(Layer):
    """A layer whose base sees, forward and backward, weights of two values per output.

    The weights that are learned and stored stay as they are; they get the gradients of those that
    the base sees, as if both were the same. A bias is not changed.
    """

    def binary_param(self) -> BinaryParameter:
        """Its settings."""
        raise NotImplementedError

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._binary = Blob(self.blobs_[0].shape, dtype=self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param, weight = self.binary_param(), self.blobs_[0]
        if not param.use_binarization:
            np.copyto(self._binary.data, weight.data)
        else:
            binarized(weight.data, by_size=param.use_alpha, out=self._binary.data)
        learned = self._see_binary()
        try:
            super().forward_cpu(bottom, top)
        finally:
            self.blobs_ = learned

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self._binary.share_diff(self.blobs_[0])
        learned = self._see_binary()
        try:
            super().backward_cpu(top, propagate_down, bottom)
        finally:
            self.blobs_ = learned

    def _see_binary(self) -> list[Blob]:
        """Put the binary weights in place of the learned ones, which are returned."""
        learned = self.blobs_
        self.blobs_ = [self._binary, *learned[1:]]
        return learned
