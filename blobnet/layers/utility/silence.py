"""Silence: reads blobs that nobody else wants, so that they are no outputs of the net."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer


@register_layer("Silence")
class Silence(Layer):
    """Takes blobs that nothing else reads.

    bottom[i]  any shape

    Proto: none.  Caffe: silence_layer.cpp.
    """

    formula = "Takes any number of blobs and makes nothing of them."
    gradient_formula = "0."

    min_bottom_blobs = 1
    exact_num_top_blobs = 0
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: there is no top."""

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: there is no top."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                blob.diff.fill(0)
