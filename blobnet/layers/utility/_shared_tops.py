"""What layers have in common that pass blobs on as they are."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place


class SharedTops(Layer):
    """A top for each bottom, with its memory, values and gradient: nothing is copied."""

    formula = "y_i = x_i"
    gradient_formula = "dx_i = dy_i, which are the same memory."

    min_bottom_blobs = 1
    min_top_blobs = 1
    equal_num_bottom_top_blobs = True
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        for x, y in zip(bottom, top, strict=True):
            y.reshape_like(x)
            y.share_data(x)
            y.share_diff(x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the tops are the bottoms."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: the tops' diffs are the bottoms'."""
