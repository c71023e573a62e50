"""NormL2: every item divided by its length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.types import Array

EPS = 1e-7
"""Is added to squared lengths."""


@register_layer("NormL2")
class NormL2(Layer):
    """Each item, all its values, brought to length 1.

    bottom[0]  x: (N, ...)  of at most four axes
    top[0]     y: (N, C, H, W)   axes left out at the end are 1

    norml2_param has nothing that is read, in the fork either. May work in place.
    Proto: NormL2Parameter.  Caffe: normL2_layer.cpp of huangyangyu/SeqFace.
    """

    formula = "y = x / length, length = sqrt(sum(x^2) + 1e-7)."
    gradient_formula = "dx = (dy - y sum(y * dy)) / length."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    works_in_place = True
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0]
        if not 1 <= x.num_axes <= 4:
            raise self.error("an item must have values", got=f"shape {x.shape}")
        top[0].reshape((*x.shape, *(1,) * (4 - x.num_axes)))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x = _rows(bottom[0].data)
        np.divide(x, _lengths(x), out=_rows(top[0].data))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x, dy = _rows(self._saved_input.values(bottom[0], top[0])), _rows(top[0].diff)
            length = _lengths(x)
            y = x / length
            change = dy - y * np.einsum("nv,nv->n", y, dy)[:, None]
            np.divide(change, length, out=_rows(bottom[0].diff))


def _rows(values: Array) -> Array:
    """The same memory as a row for each item."""
    return values.reshape(len(values), values.size // max(len(values), 1))


def _lengths(x: Array) -> Array:
    lengths: Array = np.sqrt(np.square(x).sum(axis=1, keepdims=True) + x.dtype.type(EPS))
    return lengths
