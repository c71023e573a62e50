"""Threshold: which values lie above a limit."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("Threshold")
class Threshold(Elementwise):
    """Step function.

    bottom[0]  x: any shape
    top[0]     y: the same shape; the threshold itself and NaN give 0

    May work in place.
    Proto: ThresholdParameter.  Caffe: threshold_layer.cpp.
    """

    formula = "Step function: y = 1 where x > threshold, 0 elsewhere."
    gradient_formula = "none; asking for one is an error."

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._threshold = self.layer_param_.threshold_param.threshold

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = bottom[0].data > self._threshold

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
