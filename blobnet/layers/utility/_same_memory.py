"""What layers have in common whose top is the bottom with other axes."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Shape


class SameMemory(Layer):
    """One bottom and one top, which uses its memory, values and gradient: nothing is copied."""

    gradient_formula = "dx = dy, which are the same memory."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def new_shape(self, x: Blob) -> Shape:
        """The top's shape, of as many values. Raises LayerError where there is none."""
        raise NotImplementedError

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        top[0].reshape(self.new_shape(bottom[0]))
        top[0].share_data(bottom[0])
        top[0].share_diff(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the top is the bottom in another shape."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: the top's diff is the bottom's."""
