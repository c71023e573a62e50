"""ArgMax: where the largest values are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("ArgMax")
class ArgMax(Layer):
    """Where the largest values stand.

    Without `axis`, of all values of an item:
    bottom[0]  x: (N, ...)
    top[0]     positions: (N, 1, top_k), counted through the flattened item; with `out_max_val`
               (N, 2, top_k): positions, then values. As many axes as x, if those are more than 3.
    With `axis`:
    bottom[0]  x: any shape
    top[0]     that shape, with `top_k` positions along `axis`; with `out_max_val` the values
               instead

    Of equal values the one further back comes first. NaN counts as larger than any number.

    Proto: ArgMaxParameter.  Caffe: argmax_layer.cpp.
    """

    formula = "The positions of the `top_k` largest values, the largest first."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.argmax_param
        self._top_k, self._values = param.top_k, param.out_max_val
        self._has_axis = param.HasField("axis")
        self.chooses_classes = not self._values
        if self._top_k < 1:
            raise self.error("top k must not be less than 1.", got=f"top_k: {self._top_k}")
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, top_k = bottom[0], self._top_k
        axis = x.canonical_axis(self.layer_param_.argmax_param.axis) if self._has_axis else 0
        if self._has_axis:
            seen_as = (x.count(0, axis), x.shape[axis], x.count(axis + 1))
            shape = (*x.shape[:axis], top_k, *x.shape[axis + 1 :])
        else:
            items = x.shape[x.canonical_axis(0)]
            seen_as = (items, x.count(1), 1)
            shape = (items, 2 if self._values else 1, top_k) + (1,) * (x.num_axes - 3)
        if top_k > seen_as[1]:
            whole = "axis" if self._has_axis else "flattened bottom blob per instance"
            raise self.error(
                f"top_k must be less than or equal to the dimension of the {whole}.",
                expected=f"at most {seen_as[1]} (bottom shape {x.shape})",
                got=f"top_k: {top_k}",
            )
        self._seen_as = seen_as  # outer, searched, inner
        top[0].reshape(shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data.reshape(self._seen_as)
        best = _largest(x, self._top_k)
        outer, _, inner = self._seen_as
        if self._values and not self._has_axis:
            y = top[0].data.reshape(outer, 2, self._top_k)
            y[:, 0] = best[:, :, 0]
            y[:, 1] = np.take_along_axis(x, best, axis=1)[:, :, 0]
        else:
            y = top[0].data.reshape(outer, self._top_k, inner)
            y[...] = np.take_along_axis(x, best, axis=1) if self._values else best

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False


def _largest(x: Array, k: int) -> NDArray[np.intp]:
    """Where the k largest values along axis 1 are, the largest first, the later of equals first."""
    if k == 1:
        best: NDArray[np.intp] = x.shape[1] - 1 - np.argmax(x[:, ::-1], axis=1, keepdims=True)
        return best
    ascending: NDArray[np.intp] = np.argsort(x, axis=1, kind="stable")
    return ascending[:, : -k - 1 : -1]
