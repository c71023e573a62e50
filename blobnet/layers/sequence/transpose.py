"""Transpose: the axes in another order."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.permuting import inverse, permuted


@register_layer("Transpose")
class Transpose(Layer):
    """The bottom with its axes in the order that `dim` states, each of them once.

    bottom[0]  x: any shape, (N, C, H, W) for example
    top[0]     y: (W, N, H, C), for dim 3, 0, 2, 1

    Proto: TransposeParameter.  Caffe: transpose_layer.cpp of CTPN (tianzhi0549/caffe).
    """

    formula = "y = x, the axes in another order"
    gradient_formula = "dx = dy, the axes put back."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._order = tuple(self.layer_param_.transpose_param.dim)
        if sorted(self._order) != list(range(bottom[0].num_axes)):
            raise self.error(
                "the dimensions of the top blob and bottom blob must be equal.",
                expected=f"dim with each axis from 0 to {bottom[0].num_axes - 1} once",
                got=f"dim {list(self._order)} for shape {bottom[0].shape}",
            )
        top[0].reshape(tuple(bottom[0].shape[axis] for axis in self._order))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        permuted(bottom[0].data, self._order, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            permuted(top[0].diff, inverse(self._order), out=bottom[0].diff)
