"""Sum: blobs added up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Sum")
class Sum(Layer):
    """Adds up blobs of one size.

    bottom[i]  x_i: all of one shape, but for axes of length 1 at the end
    top[0]     y: the shape of bottom[0]

    Proto: none.  Caffe: sum_layer.cpp of gkioxari/caffe-fast-rcnn.
    """

    formula = "y = the sum of all x_i."
    gradient_formula = "dx_i = dy."

    min_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        for blob in bottom[1:]:
            if blob.count != bottom[0].count or _legacy(blob.shape) != _legacy(bottom[0].shape):
                raise self.error(
                    "Blobs must be same size.",
                    expected=f"shape {bottom[0].shape}, as bottom[0]",
                    got=f"shape {blob.shape}",
                )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y = top[0].data
        np.copyto(y, bottom[0].data)
        for blob in bottom[1:]:
            y += blob.data.reshape(y.shape)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                np.copyto(blob.diff, top[0].diff.reshape(blob.shape))


def _legacy(shape: tuple[int, ...]) -> tuple[int, ...]:
    """With axes of length 1 up to four, as Caffe had them in 2014."""
    return (*shape, *(1,) * (4 - len(shape)))
