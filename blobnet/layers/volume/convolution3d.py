"""Convolution3D: weighted sums of what a window sees that slides over a clip, in time as well."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.vision.convolution import Convolution
from blobnet.layers.volume._volume_convolution import VolumeConvolution


@register_layer("Convolution3D")
class Convolution3D(Convolution, VolumeConvolution):
    """Slides learned filters over clips.

    bottom[0]  x: (N, C, L, H, W)
    top[0]     y: (N, O, *places)  O = `num_output`; places along each axis:
                                   (size + 2 pad - kernel) // stride + 1
    blobs_[0]  W: (O, C, D, K, K)  D = `kernel_depth`, K = `kernel_size`
    blobs_[1]  b: (1, 1, 1, 1, O)  absent when `bias_term` is false

    `temporal_stride` and `temporal_pad` are those of the length, `stride` and `pad` those of height
    and width. `filter_group` cuts the product into so many, of which each sees all channels: it
    must divide `num_output`, and changes nothing else. Nor does `group`, which C3D does not read.
    C3D 1.0 has all of it in `convolution_param`.

    Proto: Convolution3DParameter, of which C3D 1.0 has the fields in ConvolutionParameter.
    Caffe: convolution3d_layer.cpp of C3D (facebook/C3D).
    """

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    formula = (
        "y[n, o, p] = b[o] + sum over c, k of W[o, c, k] * x[n, c, stride p + k - pad], "
        "p and k in length, height and width"
    )
    gradient_formula = Convolution.gradient_formula
