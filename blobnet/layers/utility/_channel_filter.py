"""Filter of channel pruning: channels that a weight of the layer marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.ops.rows import Indices


class ChannelFilter:
    """As many channels as `num_output` says: those that blobs_[0] of the layer marks.

    Until weights are loaded, the first ones are marked. (That fork marks all channels then, and its
    forward refuses as many.)
    """

    def __init__(self, layer: Layer, bottom: Blobs) -> None:
        self._layer, param = layer, layer.layer_param_.filter_param
        self._axis, self._num_output = bottom[0].canonical_axis(param.axis), param.num_output
        channels = bottom[0].shape[self._axis]
        if not 0 < self._num_output <= channels:
            raise layer.error(
                "num_output is how many channels pass",
                expected=f"1 to {channels}",
                got=self._num_output,
            )
        is_new = not layer.blobs_
        layer.init_blob(0, (channels,), None)
        if is_new:
            layer.blobs_[0].data[: self._num_output] = 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        channels = self._layer.blobs_[0].shape[0]
        for index, (x, y) in enumerate(zip(bottom, top, strict=True)):
            shape = list(x.shape)
            if len(shape) <= self._axis or shape[self._axis] != channels:
                raise self._layer.error(
                    "a bottom does not have the channels that are marked",
                    expected=f"{channels} on axis {self._axis}",
                    got=f"bottom[{index}] of shape {x.shape}",
                )
            shape[self._axis] = self._num_output
            y.reshape(tuple(shape))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        chosen = self._chosen()
        for x, y in zip(bottom, top, strict=True):
            np.take(x.data, chosen, axis=self._axis, out=y.data)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        chosen = self._chosen()
        for x, y, wanted in zip(bottom, top, propagate_down, strict=True):
            if wanted:
                x.diff.fill(0)
                np.moveaxis(x.diff, self._axis, 0)[chosen] = np.moveaxis(y.diff, self._axis, 0)

    def _chosen(self) -> Indices:
        chosen = np.flatnonzero(self._layer.blobs_[0].data)
        if len(chosen) != self._num_output:
            raise self._layer.error(
                "the weight marks another number of channels",
                expected=f"{self._num_output} values that are not 0, as num_output says",
                got=len(chosen),
            )
        return chosen
