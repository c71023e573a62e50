"""ShuffleChannel: mixes the channels of groups."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.permuting import permuted


@register_layer("ShuffleChannel")
class ShuffleChannel(Layer):
    """The first channel of every group, then the second of every group, and so on.

    bottom[0]  x: (N, C, ...)  two axes or more; C a multiple of `group`
    top[0]     y: the same shape

    Proto: ShuffleChannelParameter.  Caffe: shuffle_channel_layer.cpp of mini-caffe
    (luoyetx/mini-caffe), first in farmingyard/ShuffleNet.  Paper: Zhang et al., CVPR 2018.
    """

    formula = "y[:, j * group + i] = x[:, i * (C / group) + j]"
    gradient_formula = "dx[:, i * (C / group) + j] = dy[:, j * group + i]"

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._group = self.layer_param_.shuffle_channel_param.group
        if self._group < 1:
            raise self.error("group must be greater than 0", got=self._group)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) < 2 or shape[1] % self._group:
            raise self.error(
                "Wrong group size.",
                expected=f"shape (N, C, ...) with a multiple of {self._group} channels",
                got=f"shape {shape}",
            )
        top[0].reshape_like(bottom[0])
        per_group = shape[1] // self._group
        self._by_group = (shape[0], self._group, per_group, bottom[0].count(2))
        self._shuffled = (shape[0], per_group, self._group, bottom[0].count(2))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data.reshape(self._by_group), top[0].data.reshape(self._shuffled)
        permuted(x, (0, 2, 1, 3), out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dy = top[0].diff.reshape(self._shuffled)
            permuted(dy, (0, 2, 1, 3), out=bottom[0].diff.reshape(self._by_group))
