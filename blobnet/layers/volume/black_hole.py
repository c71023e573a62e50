"""BlackHole: takes blobs that nothing else takes."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("BlackHole")
class BlackHole(Layer):
    """Does nothing with its bottoms.

    bottom[i]  any shape
    top[i]     y: (1, 1, 1, 1, 1)  0

    Proto: none.  Caffe: black_hole_layer.cpp of C3D 1.1 (facebook/C3D).
    """

    formula = "y = 0"
    gradient_formula = "0."

    min_bottom_blobs = 1
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        for blob in top:
            blob.reshape((1, 1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for blob in top:
            blob.data.fill(0)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                blob.diff.fill(0)
