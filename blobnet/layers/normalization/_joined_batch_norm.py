"""BatchNorm that does the work of a Scale and a ReLU behind it, in training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.layers._gathered import Gather
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation.relu import ReLU
from blobnet.layers.common.scale import Scale
from blobnet.layers.normalization._batch_norm_forks import Behind
from blobnet.ops import batch_norm, standardized
from blobnet.types import Array


class JoinedBatchNorm(Layer):
    """What BatchNorm has for `net/joining.py`.

    Values and gradients are, to the last bit, those of the layers one after the other. What Scale
    would keep is not kept: it can be made again from what this layer keeps.
    """

    _use_stored: bool
    _is_partial: bool
    _eps: float
    _behind: Behind | None
    _gather: Gather | None
    _parts: list[slice]
    _saved_input: SavedInput
    _used: list[tuple[Array, Array]]
    _scale: Scale | None = None
    _is_rectified = False
    _was_joined = False  # the last forward

    def _take_in(self, mean: Array, variance: Array, m: int) -> None:
        raise NotImplementedError

    def join(self, followers: Sequence[Layer]) -> int:
        is_derived = type(self).__base__ is not JoinedBatchNorm  # and may compute otherwise
        if is_derived or self._use_stored or self._is_partial or self._behind is not None:
            return 0
        if not followers or type(followers[0]) is not Scale:
            return 0
        self._scale = followers[0]
        relu = followers[1] if len(followers) > 1 else None
        self._is_rectified = type(relu) is ReLU and relu.leaky_slope() == 0
        return 1 + self._is_rectified

    def forward_joined(self, blob: Blob) -> bool:
        scale, x = self._scale, blob.data
        affine = scale.learned_affine() if scale is not None else None
        is_one = self._gather is None and len(self._parts) == 1 and self.need_backward
        if scale is None or affine is None or not (is_one and standardized.is_possible(x)):
            return False
        try:
            saved = self._saved_input.room(blob, blob, need_backward=True)
        except MemoryError as error:
            raise self._named(error) from error
        mean, variance, inv_std = standardized.forward(
            x, *affine, self._eps, x, saved, rectified=self._is_rectified
        )
        self._used = [(mean, inv_std)]
        self._take_in(mean, variance, x.size // x.shape[1])
        scale.input_is_made_by(lambda: self._normalized(blob))
        self._was_joined = True
        return True

    def backward_joined(self, blob: Blob) -> bool:
        scale = self._scale
        if scale is None or not self._was_joined:
            return False
        affine = scale.learned_affine()
        if affine is None:
            return False
        x = self._saved_input.values(blob, blob)
        of_batch, dx = self._used[0], blob.diff
        gradients = standardized.backward(
            x, blob.data, dx, affine[0], *of_batch, dx, rectified=self._is_rectified
        )
        for learned, gradient in zip(scale.blobs_, gradients, strict=True):
            learned.diff += gradient
        return True

    def _normalized(self, blob: Blob) -> Array:
        """What Scale would have kept."""
        x = self._saved_input.values(blob, blob)
        ((mean, inv_std),) = self._used
        made = np.empty_like(x)
        batch_norm.normalize(x, mean, inv_std, out=made)
        return made
