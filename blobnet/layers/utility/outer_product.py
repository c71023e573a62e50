"""OuterProduct: all products of two items' values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("OuterProduct")
class OuterProduct(Layer):
    """The outer product of two vectors, item by item.

    bottom[0]  a: (N, A)         axes of length 1 may follow
    bottom[1]  b: (N, B)         likewise
    top[0]     y: (N, 1, A, B)

    Proto: none.  Caffe: outerproduct_layer.cu of thuml/Xlearn.
    """

    formula = "y[n, 0, i, j] = a[n, i] * b[n, j]"
    gradient_formula = "da = dy @ b, db = dy.T @ a, item by item."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        is_flat = all(len(s) > 1 and set(s[2:]) <= {1} for s in shapes)
        if not is_flat or shapes[0][0] != shapes[1][0]:
            raise self.error(
                "items must be vectors, as many of either",
                expected="shapes (N, A) and (N, B)",
                got=f"{shapes[0]} and {shapes[1]}",
            )
        self._vectors = [shape[:2] for shape in shapes]
        top[0].reshape((shapes[0][0], 1, shapes[0][1], shapes[1][1]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        a, b = (blob.data.reshape(s) for blob, s in zip(bottom, self._vectors, strict=True))
        np.multiply(a[:, None, :, None], b[:, None, None, :], out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff[:, 0]
        a, b = (blob.data.reshape(s) for blob, s in zip(bottom, self._vectors, strict=True))
        if propagate_down[0]:
            np.einsum("nab,nb->na", dy, b, out=bottom[0].diff.reshape(a.shape))
        if propagate_down[1]:
            np.einsum("nab,na->nb", dy, a, out=bottom[1].diff.reshape(b.shape))
