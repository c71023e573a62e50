"""ReLU6: a rectifier that does not go beyond 6."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.relu import limited_relu, relu_backward


@register_layer("ReLU6")
class ReLU6(Elementwise):
    """Rectified linear unit with an upper limit.

    bottom[0]  x: any shape
    top[0]     y: the same shape; at most `threshold`, which is 6 unless stated

    May work in place: then x is judged by y. (With a negative slope it cannot be; the fork's
    gradient is wrong there, here a copy of x is saved.)
    Proto: ReLU6Parameter.  Caffe: relu6_layer.cpp of MobileNet-YOLO (eric612/MobileNet-YOLO),
    whose threshold is always 6.
    """

    formula = "y = min(max(x, 0) + negative_slope * min(x, 0), threshold)."
    gradient_formula = "dx = dy where x > 0, negative_slope * dy elsewhere; 0 where y is threshold."

    can_be_recorded = True
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.relu6_param
        self._slope, self._threshold = param.negative_slope, param.threshold
        self.limits = (0.0, self._threshold) if self._slope == 0 < self._threshold else None
        self._saved_input = SavedInput() if self._slope < 0 or self._threshold <= 0 else None

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._saved_input is not None:
            self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        limited_relu(bottom[0].data, self._slope, self._threshold, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x, dx = bottom[0].data, bottom[0].diff
        if self._saved_input is not None:
            x = self._saved_input.values(bottom[0], top[0])
        relu_backward(top[0].diff, x, self._slope, out=dx)
        np.multiply(dx, top[0].data < self._threshold, out=dx)
