"""GradientSilent: values pass, gradients do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("GradientSilent")
class GradientSilent(Elementwise):
    """Passes values on as they are, so that what is below learns nothing from what is above.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place.

    Proto: none.  Caffe: gradient_silent_layer.cpp of yuhuayc/da-faster-rcnn.
    """

    formula = "y = x"
    gradient_formula = "dx = 0"

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if top[0] is not bottom[0]:
            np.copyto(top[0].data, bottom[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff[...] = 0
