"""InnerProduct: every output is a weighted sum of all values of one item."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.common._inner_product_fusing import FusingInnerProduct
from blobnet.ops.product import add_matmul, affine, matmul


@register_layer("InnerProduct")
class InnerProduct(FusingInnerProduct):
    """Fully connected layer.

    bottom[0]  x: (M, K)  any shape: M items before `axis`, K values from `axis` on
    top[0]     y: (M, N)  the bottom's shape up to `axis`, then N = `num_output`
    blobs_[0]  W: (N, K)  stored as (K, N) when `transpose` is set
    blobs_[1]  b: (N,)    absent when `bias_term` is false
    bottom[1]  W: (N, ...)   in place of blobs_[0], N K values; b is then blobs_[0] (optional)
    bottom[2]  b: (N,)       in place of b (optional; both as in caffe-windows)

    What else forks add is in `_inner_product_fusing.py`.

    Proto: InnerProductParameter.  Caffe: inner_product_layer.cpp; for further
    bottoms that of happynear/caffe-windows.
    """

    formula = "Fully connected layer: y = x @ W.T + b."
    gradient_formula = "dW += dy.T @ x,  db += dy summed over M,  dx = dy @ W."

    min_bottom_blobs = 1
    max_bottom_blobs = 3
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_top = False
    can_overwrite_diffs = frozenset({0})
    fuse, fold = FusingInnerProduct.fuse, FusingInnerProduct.fold  # and of this `forward_cpu`

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.inner_product_param
        self._axis = bottom[0].canonical_axis(param.axis)
        self._K, self._N = K, N = bottom[0].count(self._axis), self.outputs(bottom)
        if N < 1:
            raise self.error("num_output must be at least 1", got=N)
        self._transpose, self._has_bias = param.transpose, param.bias_term
        self.set_up_fork()
        if not self._is_given:
            self.init_blob(0, (K, N) if self._transpose else (N, K), param.weight_filler)
        if self._has_bias and len(bottom) < 3:
            self.init_blob(0 if self._is_given else 1, (N,), param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].count(self._axis) != self._K:
            raise self.error(
                "the input no longer fits the weights",
                expected=f"{self._K} values per item, from axis {self._axis} on",
                got=f"{bottom[0].count(self._axis)} (bottom shape {bottom[0].shape})",
                fix="keep the input size of training, or rename the layer to learn new weights",
            )
        if self._is_given:
            self.check_given(bottom, (self._N, self._K))
        top[0].reshape((*bottom[0].shape[: self._axis], self._N))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self.normalize_weights((self._N, self._K))
        weight = self.by_output(self.weights(bottom).data)
        y = top[0].data.reshape(-1, self._N)  # a view: writing y writes the blob
        bias = self.bias(bottom).data.reshape(-1) if self._has_bias else None
        affine(bottom[0].data.reshape(-1, self._K), weight, bias, out=y, slope=self._slope)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = self.before_rectifier(top[0]).reshape(-1, self._N)
        if self._is_given:
            self.write_given(dy, propagate_down, bottom)
        elif self.param_propagate_down_[0]:
            x, dW = bottom[0].data.reshape(-1, self._K), self.by_output(self.blobs_[0].diff)
            add_matmul(dy.T, x, out=dW, is_zero=not self.accumulate)
        if self._has_bias and not self._is_given and self.param_propagate_down_[1]:
            self.blobs_[1].diff += dy.sum(axis=0)
        if propagate_down[0]:
            weight = self.by_output(self.weights(bottom).data)
            matmul(dy, weight, out=bottom[0].diff.reshape(-1, self._K))

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        return bottom[0].count * self._N
