"""ReLU: cuts off what is negative."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.layers.activation._limit import rectify, rectify_backward, stated_limit


@register_layer("ReLU")
class ReLU(Elementwise):
    """Rectified linear unit.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: then x is judged by y, which has its sign. (With a negative slope it has
    not, and a copy of x is saved; Caffe is wrong there.) Synopsys' `relu6`, `maximum` limit y.
    Proto: ReLUParameter.  Caffe: relu_layer.cpp.
    """

    formula = "Rectified linear unit: y = max(x, 0) + negative_slope * min(x, 0)."
    gradient_formula = "dx = dy where x > 0, negative_slope * dy elsewhere."

    backward_reads_top = False
    can_be_recorded = True
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._slope, self._limit = self.layer_param_.relu_param.negative_slope, stated_limit(self)
        self.dead_value = 0.0 if self._slope == 0 else None
        self._saved_input = SavedInput() if self._slope < 0 else None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        # in place, what backward finds in the bottom are the top's values
        in_place = top[0] is bottom[0] and self._saved_input is None
        self.backward_reads_top = in_place or self._limit is not None

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._saved_input is not None:
            self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        rectify(bottom[0].data, self._slope, self._limit, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = bottom[0].data
        if self._saved_input is not None:
            x = self._saved_input.values(bottom[0], top[0])
        rectify_backward(top[0], x, self._slope, self._limit, out=bottom[0].diff)

    def leaky_slope(self) -> float | None:
        """For the inference mode: see `inference/fusion.py`."""
        return self._slope if self._limit is None else None
