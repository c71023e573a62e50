"""L2Norm: every item divided by its length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array

_LEAST = 1e-12
"""What squared lengths are at least."""


@register_layer("L2Norm")
class L2Norm(Layer):
    """Each item, all its values, brought to length 1.

    bottom[0]  x: (N, ...)  of at most four axes
    top[0]     y: (N, C, H, W)   axes left out at the end are 1

    Proto: none.  Caffe: l2_norm_layer.cpp of zlmzju/caffe, branch reid.
    """

    formula = "y = x / length, length = sqrt(max(sum(x^2), 1e-12))."
    gradient_formula = "dx = (dy - y sum(y * dy)) / length."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        x = bottom[0]
        if not 1 <= x.num_axes <= 4:
            raise self.error(
                "an item must have values", expected="one axis to four", got=f"shape {x.shape}"
            )
        top[0].reshape((*x.shape, *(1,) * (4 - x.num_axes)))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = _rows(bottom[0].data)
        np.divide(x, _lengths(x), out=_rows(top[0].data))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            y, dy = _rows(top[0].data), _rows(top[0].diff)
            change = dy - y * np.einsum("nv,nv->n", y, dy)[:, None]
            np.divide(change, _lengths(_rows(bottom[0].data)), out=_rows(bottom[0].diff))


def _rows(values: Array) -> Array:
    rows: Array = values.reshape(len(values), int(np.prod(values.shape[1:])))
    return rows


def _lengths(x: Array) -> Array:
    lengths: Array = np.sqrt(np.maximum(np.einsum("nv,nv->n", x, x), _LEAST))
    return lengths[:, None]
