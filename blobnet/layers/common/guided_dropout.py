"""GuidedDropout: leaves out channels that are of little help."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.ops.broadcast import scale
from blobnet.ops.copying import copy
from blobnet.proto import TRAIN
from blobnet.types import Array

_TYPES = ("deterministic", "stochastic")


@register_layer("GuidedDropout")
class GuidedDropout(Layer):
    """Drops channels by a guidance: how much each of them helps in the item's domain.

    bottom[0]  x: (N, C, ...)
    bottom[1]  guidance: (N, C)   axes of length 1 may follow
    top[0]     y: the shape of x

    deterministic  a channel is kept where its guidance is above `guidance_threshold`
    stochastic     TRAIN: it is kept with the probability p = 1 / (1 + exp(-sigmoid_scaler
                   guidance)), drawn anew in every forward;  TEST: y = x

    What is kept is scaled by C over the sum of the item's kept channels, or of its p.

    May work in place.
    Proto: GuidedDropoutParameter.  Caffe: guided_dropout_layer.cpp of DGD (Cysu/caffe).
    Paper: Xiao et al., "Learning Deep Feature Representations with Domain Guided Dropout for
    Person Re-identification", CVPR 2016.
    """

    formula = "y = x * mask, where the mask of a channel is 0 or C / (how many are kept)."
    gradient_formula = "dx = dy * mask; the guidance has none."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._param = param = self.layer_param_.guided_dropout_param
        if param.type not in _TYPES:
            raise self.error("unknown type", expected=" or ".join(_TYPES), got=param.type)
        self._is_identity = param.type == "stochastic" and self.phase != TRAIN
        self._mask: Array = np.zeros((0, 0), self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, guidance = bottom[0], bottom[1]
        if x.num_axes < 2 or guidance.shape[:2] != x.shape[:2] or guidance.count(2) != 1:
            raise self.error(
                "there must be one guidance for each channel of an item",
                expected=f"bottom[1] of shape {x.shape[:2] if x.num_axes > 1 else '(N, C)'}",
                got=f"bottom[0] of shape {x.shape}, bottom[1] of {guidance.shape}",
            )
        top[0].reshape_like(x)
        if self._mask.shape != x.shape[:2]:
            self._mask = np.zeros(x.shape[:2], self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if not self._is_identity:
            self._choose(bottom[1].data.reshape(self._mask.shape))
            scale(x, self._mask, 0, out=y)
        elif y is not x:
            copy(x, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, dx = top[0].diff, bottom[0].diff
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        if propagate_down[0] and not self._is_identity:
            scale(dy, self._mask, 0, out=dx)
        elif propagate_down[0] and dx is not dy:
            np.copyto(dx, dy)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _choose(self, guidance: Array) -> None:
        """Draw, or find, the mask of this forward."""
        mask, param = self._mask, self._param
        if param.type == "deterministic":
            mask[...] = guidance > param.guidance_threshold
            total = mask.sum(axis=1, keepdims=True)
        else:
            kept = 1 / (1 + np.exp(-param.sigmoid_scaler * guidance))
            self.rng.random(out=mask, dtype=mask.dtype)
            np.less_equal(mask, kept, out=mask)
            total = kept.sum(axis=1, keepdims=True)
        np.divide(mask * mask.shape[1], total, out=mask, where=total > 0)
