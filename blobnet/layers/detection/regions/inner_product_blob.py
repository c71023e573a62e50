"""InnerProductBlob: an inner product whose weights are a bottom."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.product import matmul


@register_layer("InnerProductBlob")
class InnerProductBlob(Layer):
    """The product of two bottoms, each of rows of equal length.

    bottom[0]  x: (M, K)          axes of size 1 may follow, as in bottom[1]
    bottom[1]  w: (N, K)
    top[0]     y: (M, N, 1, 1)

    The field `transpose` changes nothing: bottom-up attention, which has no backward, does not
    heed it.

    Proto: InnerProductBlobParameter.  Caffe: inner_product_blob_layer.cu of bottom-up attention
    (peteanderson80/bottom-up-attention).
    """

    formula = "y = x @ w.T"
    gradient_formula = "dx = dy @ w,  dw = dy.T @ x."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        is_rows = all(
            len(shape) > 1 and blob.count(1) == shape[1]
            for shape, blob in zip(shapes, bottom, strict=True)
        )
        if not is_rows or shapes[0][1] != shapes[1][1]:
            raise self.error(
                "the bottoms do not have rows of one length",
                expected="(M, K) and (N, K)",
                got=f"{shapes[0]} and {shapes[1]}",
            )
        self._rows = [shape[:2] for shape in shapes]
        top[0].reshape((shapes[0][0], shapes[1][0], 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, w = (blob.data.reshape(rows) for blob, rows in zip(bottom, self._rows, strict=True))
        matmul(x, w.T, out=top[0].data.reshape(len(x), len(w)))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, w = (blob.data.reshape(rows) for blob, rows in zip(bottom, self._rows, strict=True))
        dy = top[0].diff.reshape(len(x), len(w))
        if propagate_down[0]:
            matmul(dy, w, out=bottom[0].diff.reshape(x.shape))
        if propagate_down[1]:
            matmul(dy.T, x, out=bottom[1].diff.reshape(w.shape))
