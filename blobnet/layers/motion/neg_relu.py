"""NegReLU: cuts off what is positive."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("NegReLU")
class NegReLU(Elementwise):
    """Rectified linear unit that lets pass what is negative, such as disparities.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    `negative_slope` is that of what is not negative. May work in place: a copy of x is saved.

    Proto: ReLUParameter.  Caffe: neg_relu_layer.cu of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y = min(x, 0) + negative_slope * max(x, 0)"
    gradient_formula = "dx = dy where x < 0, negative_slope * dy elsewhere."

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.relu_param
        if param.relu6 or param.maximum:
            raise self.error("relu6 and maximum are limits of ReLU", fix='write type: "ReLU"')
        self._slope = param.negative_slope
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x = bottom[0].data
        top[0].data[...] = np.where(x < 0, x, x * self._slope)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self._saved_input.values(bottom[0], top[0])
            factor = np.multiply(x >= 0, self._slope, dtype=x.dtype)
            factor += x < 0
            np.multiply(top[0].diff, factor, out=bottom[0].diff)
