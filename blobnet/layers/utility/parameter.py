"""Parameter: a learned blob that other layers take as a bottom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer


@register_layer("Parameter")
class Parameter(Layer):
    """A weight of its own on a top.

    top[0]     y: (*shape)  `shape` as stated
    blobs_[0]  W: (*shape)  zeros at first, or as caffe-windows' `blob_filler` says

    The top uses the memory of W, values and gradient. So what reads the top writes the gradient
    of W, and several backward passes do not add up: the last one counts, as in Caffe. A solver's
    `iter_size` adds them all the same, as it does those of all weights.
    Where W is the weight of further layers, or the top's diff holds a loss weight, the top has a
    gradient of its own, which is added.

    Proto: ParameterParameter.  Caffe: parameter_layer.hpp.
    """

    formula = "A weight of its own on a top: what is learned does not depend on any input."
    gradient_formula = "dW = dy, which are the same memory, or dW += dy."

    exact_num_bottom_blobs = 0
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True
    makes_tops_once = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.parameter_param
        self.init_blob(0, tuple(param.shape.dim), param.blob_filler)
        self._own = Blob(self.blobs_[0].shape, dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        weight = self.blobs_[0]
        top[0].reshape_like(weight)
        top[0].share_data(weight)  # anew: the weight may have become that of another layer
        top[0].share_diff(self._own if self.needs_own_diff else weight)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the top is the weight."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Mostly nothing: the top's diff is the weight's."""
        if self.needs_own_diff and self.param_propagate_down_[0]:
            diff = self.blobs_[0].diff
            np.add(diff, top[0].diff, out=diff)
