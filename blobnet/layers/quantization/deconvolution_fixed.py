"""DeconvolutionFixed: a Deconvolution with weights of a few bits."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.quantization._fixed import FixedWeights
from blobnet.layers.vision.deconvolution import Deconvolution


@register_layer("DeconvolutionFixed")
class DeconvolutionFixed(FixedWeights, Deconvolution):
    """A Deconvolution that runs forward with its weights as numbers of `bit_width` bits.

    bottom[i]  x: as Deconvolution
    top[i]     y: as Deconvolution
    blobs_[0]  W: as Deconvolution, not rounded
    blobs_[1]  b: as Deconvolution, not rounded; absent when `bias_term` is false

    W and b are rounded to multiples of 2^-position, each with a position of its own: the largest
    without overflow (OVER_FLOW), or of five from that on the one that moves them least, in
    squares (DIFF_S). `enable: false` rounds nothing. Backward takes the weights as they are.

    Proto: ConvolutionParameter, FixedParameter.
    Caffe: deconv_fixed_layer.cpp, quantize.cpp of Xilinx (Xilinx/Vitis-AI).
    """

    formula = "y is that of Deconvolution with W and b rounded."
    gradient_formula = "That of Deconvolution with W and b as they are."
