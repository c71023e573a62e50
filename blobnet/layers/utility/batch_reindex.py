"""BatchReindex: picks, repeats and reorders the items of a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.rows import Indices, add_rows, take_rows
from blobnet.types import Array


@register_layer("BatchReindex")
class BatchReindex(Layer):
    """A batch made of the items with the given numbers.

    bottom[0]  x: (N, ...)
    bottom[1]  index: (M,)  numbers from 0 to N - 1, in any order, repeated or left out at will
    top[0]     y: (M, ...)  the items of x

    Proto: none.  Caffe: batch_reindex_layer.cpp.
    """

    formula = "A batch made of the items with the given numbers: y[i] = x[index[i]]."
    gradient_formula = "dx[n] = the sum of dy[i] over all i with index[i] = n;  none to the index."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._indices: Indices = np.empty(0, np.intp)  # of the last forward

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[1].num_axes != 1:
            raise self.error(
                "the index must have one axis",
                expected="bottom[1] of shape (M,)",
                got=f"shape {bottom[1].shape}",
            )
        if not bottom[0].num_axes:
            raise self.error("bottom[0] has no axis of items to pick from", got="shape ()")
        top[0].reshape((*bottom[1].shape, *bottom[0].shape[1:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._indices = self._read(bottom[1].data, bottom[0].shape[0])
        take_rows(bottom[0].data, self._indices, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise self.error(
                "Cannot backprop to index.",
                fix="write `propagate_down: true propagate_down: false` in this layer",
            )
        if propagate_down[0]:
            dx = bottom[0].diff
            dx.fill(0)
            add_rows(top[0].diff, self._indices, out=dx)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _read(self, index: Array, items: int) -> Indices:
        """The index as whole numbers, fractions cut off. Raises LayerError: no such item."""
        wrong = np.flatnonzero(~((index >= 0) & (index < items)))  # NaN is wrong, too
        if wrong.size:
            more = f" (and {wrong.size - 1} more)" if wrong.size > 1 else ""
            raise self.error(
                "an index in bottom[1] is no item of bottom[0]",
                expected=f"a whole number from 0 to {items - 1}" if items else "no index at all",
                got=f"{index[wrong[0]]:g} at position {wrong[0]}{more}",
            )
        return index.astype(np.intp)
