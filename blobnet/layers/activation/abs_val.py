"""AbsVal: drops the sign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("AbsVal")
class AbsVal(Elementwise):
    """Absolute value.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    Cannot work in place.
    Proto: none.  Caffe: absval_layer.cpp.
    """

    formula = "Absolute value: y = |x|."
    gradient_formula = "dx = dy * sign(x), so 0 where x is 0."

    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.absolute(bottom[0].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx = bottom[0].diff
            np.sign(bottom[0].data, out=dx)
            dx *= top[0].diff
