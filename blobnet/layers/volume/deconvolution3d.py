"""Deconvolution3D: the transpose of a convolution of clips, which enlarges them."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.vision.deconvolution import Deconvolution
from blobnet.layers.volume._volume import VolumeConvolutionSettings
from blobnet.layers.volume._volume_convolution import VolumeConvolution


@register_layer("Deconvolution3D")
class Deconvolution3D(Deconvolution, VolumeConvolution):
    """Lays learned filters over clips, once for every value, and adds up.

    bottom[0]  x: (N, C, *places)
    top[0]     y: (N, O, L, H, W)  O = `num_output`; size along each axis:
                                   stride (places - 1) + kernel - 2 pad
    blobs_[0]  W: (C, O, D, K, K)  D = `kernel_depth`, K = `kernel_size`
    blobs_[1]  b: (1, 1, 1, 1, O)  absent when `bias_term` of convolution_param is false

    The settings are those of Convolution3D, but as in C3D 1.1 `bias_term` is read in
    `convolution_param` alone, so that files of weights have the blobs that C3D gave them.

    Proto: Convolution3DParameter, of which C3D 1.0 has the fields in ConvolutionParameter.
    Caffe: deconvolution3d_layer.cpp of C3D (facebook/C3D).
    """

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    formula = (
        "y[n, o, stride p + k - pad] += W[c, o, k] * x[n, c, p] for all c, p, k in length, height "
        "and width;  y += b"
    )
    gradient_formula = Deconvolution.gradient_formula

    def has_bias(self, settings: VolumeConvolutionSettings) -> bool:
        return self.layer_param_.convolution_param.bias_term
