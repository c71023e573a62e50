"""BinaryInnerProduct: an InnerProduct with weights of two values."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.common.inner_product import InnerProduct
from blobnet.layers.quantization._binary import BinaryWeights
from blobnet.proto import BinaryInnerProductParameter


@register_layer("BinaryInnerProduct")
class BinaryInnerProduct(BinaryWeights, InnerProduct):
    """An InnerProduct with the signs of its weights, forward and backward.

    bottom[0]  x: as InnerProduct
    top[0]     y: as InnerProduct
    blobs_[0]  W: (N, K), not binary
    blobs_[1]  b: as InnerProduct; absent when `bias_term` is false

    B is 1 where W >= 0, else -1; with `use_alpha` times the mean |W| of its output.
    `use_binarization: false` makes an InnerProduct of it. There is no `transpose`, as in the fork.

    Proto: InnerProductParameter, BinaryInnerProductParameter.
    Caffe: binary_inner_product_layer.cpp of zhaoweicai/hwgq.
    """

    formula = "y is that of InnerProduct with B in place of W."
    gradient_formula = "That of InnerProduct with B in place of W; W gets the gradient of B."

    exact_num_bottom_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.inner_product_param
        if param.normalize or param.transpose:
            raise self.error(
                "binary weights are neither normalized nor transposed",
                got="normalize" if param.normalize else "transpose",
                fix="take it out",
            )
        super().setup(bottom, top)

    def binary_param(self) -> BinaryInnerProductParameter:
        return self.layer_param_.binary_inner_product_param
