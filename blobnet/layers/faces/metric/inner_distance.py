"""InnerDistance: how far an item is from each of N centres, which are learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import check_count, read_classes
from blobnet.types import Array

CPU_EPSILON = 1e-6
"""Is added to the squared length of a centre that is made 1 long."""


@register_layer("InnerDistance")
class InnerDistance(Layer):
    """Squared distances (`distance_type` "L2") or sums of absolute differences ("L1").

    bottom[0]  x: (M, K)        any shape: M items before `axis`, K values from `axis` on
    bottom[1]  W: (N, K)        centres that come from elsewhere, instead of blobs_ (optional)
    bottom[2]  labels: (M,)     whole numbers from 0; for `update_center_only` (optional)
    top[0]     y: (M, N)        N = `num_output`, or as many as bottom[1] has
    blobs_[0]  W: (N, K)        the shape (K, N) if `transpose` is set, in the same order

    `normalize` makes the centres of blobs_ 1 long, in place, in each forward. With
    `update_center_only` a centre learns from items of its own class alone; the fork can tell them
    with three bottoms only. `bias_term` and `bias_filler` are read nowhere.

    Proto: InnerDistanceParameter.  Caffe: inner_distance_layer.cpp of happynear/caffe-windows.
    """

    formula = "y[m, n] = sum((x[m] - W[n])^2), or sum(|x[m] - W[n]|)."
    gradient_formula = (
        "L2: dx = 2 dy (x - W), dW = 2 dy (W - x), summed;  L1: signs instead of 2 differences. "
        "With `update_center_only` dW of items of the class alone. Not through `normalize`."
    )

    min_bottom_blobs = 1
    max_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.inner_distance_param
        self._axis = bottom[0].canonical_axis(param.axis)
        self._K = bottom[0].count(self._axis)
        if param.distance_type not in ("L1", "L2"):
            raise self.error("distance_type must be L1 or L2", got=param.distance_type)
        self._is_l1, self._has_blob = param.distance_type == "L1", len(bottom) == 1
        self._center_only = param.update_center_only
        if self._center_only and len(bottom) != 3:
            raise self.error(
                "update_center_only needs labels, as bottom[2]",
                expected="items, centres and labels as bottoms",
                got=f"{len(bottom)} bottoms",
            )
        if self._has_blob:
            self._N = param.num_output
            if self._N < 1:
                raise self.error("num_output must be at least 1", got=self._N)
            shape = (self._K, self._N) if param.transpose else (self._N, self._K)
            self.init_blob(0, shape, param.weight_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].count(self._axis) != self._K:
            raise self.error(
                "Input size incompatible with inner product parameters.",
                expected=f"{self._K} values per item, from axis {self._axis} on",
                got=f"bottom shape {bottom[0].shape}",
            )
        if not self._has_blob:
            self._N = bottom[1].shape[0] if bottom[1].num_axes else 0
            if self._N < 1 or bottom[1].count != self._N * self._K:
                raise self.error(
                    "bottom[1] holds no centres for these items",
                    expected=f"a row of {self._K} values for each centre",
                    got=f"shape {bottom[1].shape}",
                )
        items = bottom[0].shape[: self._axis]
        if len(bottom) == 3:
            check_count(self, bottom[2], int(np.prod(items, dtype=np.int64)), index=2)
        top[0].reshape((*items, self._N))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data.reshape(-1, self._K), top[0].data.reshape(-1, self._N)
        centres = self._centres(bottom)
        if self.layer_param_.inner_distance_param.normalize and self._has_blob:
            squares = np.einsum("nk,nk->n", centres, centres) + CPU_EPSILON
            centres /= np.sqrt(squares).astype(self.dtype)[:, None]
        for item, distances in zip(x, y, strict=True):
            difference = item - centres
            if self._is_l1:
                np.abs(difference).sum(axis=1, out=distances)
            else:
                np.einsum("nk,nk->n", difference, difference, out=distances)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff.reshape(-1, self._N)
        x, centres = bottom[0].data.reshape(-1, self._K), self._centres(bottom)
        if propagate_down[0]:
            bottom[0].diff.reshape(-1, self._K)[...] = self._gradient(dy, x, centres)
        if self._has_blob:
            if self.param_propagate_down_[0]:
                dweight = self.blobs_[0].diff.reshape(self._N, self._K)
                dweight += self._gradient(dy.T, centres, x)
            return
        if propagate_down[1]:
            if self._center_only:
                label = read_classes(self, bottom[2], self._N, index=2)
                dy = np.where(np.arange(self._N) == label[:, None], dy, 0)
            dcentres = bottom[1].diff.reshape(self._N, self._K)
            dcentres[...] = self._gradient(dy.T, centres, x)
        if len(bottom) == 3 and propagate_down[2]:
            bottom[2].diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 2

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        return bottom[0].count * self._N

    def _centres(self, bottom: Blobs) -> Array:
        stored = self.blobs_[0] if self._has_blob else bottom[1]
        centres: Array = stored.data.reshape(self._N, self._K)
        return centres

    def _gradient(self, dy: Array, at: Array, others: Array) -> Array:
        """Of `at`, (A, K), from dy (A, B) of its distances to `others`, (B, K)."""
        if self._is_l1:
            rows = [share @ np.sign(one - others) for share, one in zip(dy, at, strict=True)]
            return np.array(rows, self.dtype).reshape(at.shape)
        gradient: Array = 2 * (dy.sum(axis=1)[:, None] * at - dy @ others)
        return gradient
