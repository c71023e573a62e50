"""Split: one blob for several readers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.eltwise import weighted_sum


@register_layer("Split")
class Split(Layer):
    """The same values on several tops; nets put it wherever a blob has several readers.

    bottom[0]  x: any shape
    top[i]     y_i: the same shape and the memory of x; the gradients are each top's own

    Proto: none.  Caffe: split_layer.cpp.
    """

    formula = "y_i = x"
    gradient_formula = "dx = dy_0 + dy_1 + ..., added up in this order."

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        for blob in top:
            blob.reshape_like(bottom[0])
            blob.share_data(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the tops have the bottom's memory."""

    def gains_by_blocks(self) -> bool:
        return False

    def may_lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> bool:
        return all((*bottom, *top))

    def lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> None:
        """All of them do, or none."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dx = bottom[0].diff
        if len(top) == 1:
            np.copyto(dx, top[0].diff)
            return
        weighted_sum([blob.diff for blob in top], [1] * len(top), out=dx)
