"""L1Loss as FlowNet2 means it: of differences or their lengths, where they are known.

A layer of type L1Loss is FlowNet2's where it has an `l1_loss_param`, or a single bottom:

    setup     self._flownet = FlowNetL1(self)
    reshape   self._flownet.reshape(bottom)
    forward   top[0].data[...] = self._flownet.forward(bottom)
    backward  self._flownet.backward(float(top[0].diff), propagate_down, bottom)

Caffe: l1loss_layer.cu of FlowNet2 (lmb-freiburg/flownet2).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.motion._known_difference import (
    KnownDifference,
    check_difference,
    give,
    known_difference,
)
from blobnet.types import Array


class FlowNetL1:
    """d = bottom[0] - bottom[1] (or bottom[0] alone); where it is NaN nothing counts.

    loss = sum of |d| / n, or with `l2_per_location`, over places instead of values,
           sum of sqrt(s + epsilon) / n, s = sum over channels of d * d, divided by the number of
           channels with `l2_prescale_by_channels`
    n    = the batch size, or with `normalize_by_num_entries` the number of places that are known

    Below `plateau`, |d| and its gradient count 0; with `l2_per_location` where s is below its
    square: there s counts 0, so that sqrt(epsilon) stays. A d of 0 has the gradient -1 / n. Where
    nothing is known the loss is 0 (FlowNet2 divides by 0).
    """

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._param = layer.layer_param_.l1_loss_param
        self._d: KnownDifference | None = None
        self._lengths: Array | None = None  # of the vectors at all places
        self._is_beyond: Array | None = None  # whether values, or vectors, are not on the plateau

    def reshape(self, bottom: Blobs) -> None:
        least = 2 if self._param.l2_per_location else 1
        check_difference(self._layer, bottom, least_axes=least)

    def forward(self, bottom: Blobs) -> float:
        param = self._param
        self._d = d = known_difference(bottom)
        self._n = d.normalizer(by_entries=param.normalize_by_num_entries)
        if param.l2_per_location:
            squares = (d.value * d.value).sum(axis=1, keepdims=True) * self._scale
            self._is_beyond = squares >= param.plateau**2 if param.plateau > 0 else None
            if self._is_beyond is not None:
                squares[~self._is_beyond] = 0
            self._lengths = np.sqrt(squares + param.epsilon)
            return float(self._lengths.sum()) / self._n
        self._is_beyond = d.is_known
        if param.plateau > 0:
            self._is_beyond = d.is_known & (np.abs(d.value) >= param.plateau)
        return float(np.abs(d.value[self._is_beyond]).sum()) / self._n

    def backward(self, scale: float, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """`scale` is the top's gradient: the weight of the loss."""
        d = self._d
        if d is None:
            return
        share = scale / self._n
        if self._lengths is not None:
            slope = share * self._scale / self._lengths
            if self._is_beyond is not None:
                slope[~self._is_beyond] = 0
            gradient = slope * d.value
        else:
            gradient = np.where(d.value > 0, share, -share)
            if self._is_beyond is not None:
                gradient[~self._is_beyond] = 0
        gradient[~d.is_known] = 0
        give(gradient, list(propagate_down), bottom)

    @property
    def _scale(self) -> float:
        """What the sum over channels is multiplied with."""
        is_scaled = self._param.l2_prescale_by_channels and self._d is not None
        return 1 / self._d.channels if is_scaled and self._d is not None else 1.0
