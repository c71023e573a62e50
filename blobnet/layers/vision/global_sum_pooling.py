"""GlobalSumPooling: the items of a batch, added up."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("GlobalSumPooling")
class GlobalSumPooling(Layer):
    """The sum over all items, such as the scores of an image's regions.

    bottom[0]  x: (N, ...)
    top[0]     y: (1, ...)

    Proto: none.  Caffe: global_sum_pooling_layer.cpp of oicr (ppengtang), as LSTD (haochen-rye)
    has it.
    """

    formula = "y = sum of x over its first axis."
    gradient_formula = "dx = dy, for every item."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if not bottom[0].num_axes:
            raise self.error("there must be an axis to add up along", got="shape ()")
        top[0].reshape((1, *bottom[0].shape[1:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        bottom[0].data.sum(axis=0, keepdims=True, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff
