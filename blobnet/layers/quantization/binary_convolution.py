"""BinaryConvolution: a Convolution with filters of two values."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.quantization._binary import BinaryWeights
from blobnet.layers.vision.convolution import Convolution
from blobnet.proto import BinaryConvolutionParameter


@register_layer("BinaryConvolution")
class BinaryConvolution(BinaryWeights, Convolution):
    """A Convolution with the signs of its weights, forward and backward.

    bottom[i]  x: as Convolution
    top[i]     y: as Convolution
    blobs_[0]  W: as Convolution, not binary
    blobs_[1]  b: as Convolution; absent when `bias_term` is false

    B is 1 where W >= 0, else -1; with `use_alpha` times the mean |W| of its filter.
    `use_binarization: false` makes a Convolution of it.

    Proto: ConvolutionParameter, BinaryConvolutionParameter.
    Caffe: binary_conv_layer.cpp of zhaoweicai/hwgq.
    """

    formula = "y is that of Convolution with B in place of W."
    gradient_formula = "That of Convolution with B in place of W; W gets the gradient of B."

    def binary_param(self) -> BinaryConvolutionParameter:
        return self.layer_param_.binary_convolution_param
