"""InnerProductFixed: an InnerProduct with weights of a few bits."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.common.inner_product import InnerProduct
from blobnet.layers.quantization._fixed import FixedWeights


@register_layer("InnerProductFixed")
class InnerProductFixed(FixedWeights, InnerProduct):
    """An InnerProduct that runs forward with its weights as numbers of `bit_width` bits.

    bottom[0]  x: as InnerProduct
    top[0]     y: as InnerProduct
    blobs_[0]  W: as InnerProduct, not rounded
    blobs_[1]  b: as InnerProduct, not rounded; absent when `bias_term` is false

    W and b are rounded to multiples of 2^-position, each with a position of its own: the largest
    without overflow (OVER_FLOW), or of five from that on the one that moves them least, in
    squares (DIFF_S). `enable: false` rounds nothing. Backward takes the weights as they are.

    Proto: InnerProductParameter, FixedParameter.
    Caffe: inner_product_fixed_layer.cpp, quantize.cpp of Xilinx (Xilinx/Vitis-AI).
    """

    formula = "y is that of InnerProduct with W and b rounded."
    gradient_formula = "That of InnerProduct with W and b as they are."

    exact_num_bottom_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if self.layer_param_.inner_product_param.normalize:
            raise self.error(
                "`normalize` changes weights, which are rounded here", fix="take one out"
            )
        super().setup(bottom, top)
