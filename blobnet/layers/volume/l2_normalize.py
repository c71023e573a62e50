"""L2Normalize: items of length 1."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("L2Normalize")
class L2Normalize(Layer):
    """Divides each item of a batch by its length.

    bottom[0]  x: (N, ...)
    top[0]     y: (N, ...)

    Proto: none.  Caffe: l2_normalize_layer.cpp of C3D 1.1 (facebook/C3D).
    """

    formula = "y[n] = x[n] / sqrt(sum of x[n] * x[n] + 1e-7)"
    gradient_formula = "dx[n] = (dy[n] - y[n] * sum of y[n] * dy[n]) / sqrt(sum of x[n]^2 + 1e-7)"

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if not bottom[0].num_axes:
            raise self.error("the bottom must have an axis of items", got="shape ()")
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = _rows(bottom[0].data)
        np.multiply(x, _inverse_length(x), out=_rows(top[0].data))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        y, dy, x = _rows(top[0].data), _rows(top[0].diff), _rows(bottom[0].data)
        along = np.einsum("ni,ni->n", y, dy)[:, None]
        np.multiply(dy - y * along, _inverse_length(x), out=_rows(bottom[0].diff))


def _rows(values: Array) -> Array:
    rows: Array = values.reshape(len(values), math.prod(values.shape[1:]))
    return rows


def _inverse_length(x: Array) -> Array:
    squares: Array = np.einsum("ni,ni->n", x, x)[:, None]
    return 1 / np.sqrt(squares + 1e-7)
