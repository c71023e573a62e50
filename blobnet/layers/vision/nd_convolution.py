"""NdConvolution: a Convolution whose window is stated as shapes."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.vision._shapes import clear_shapes, stated_shapes
from blobnet.layers.vision.convolution import Convolution


@register_layer("NdConvolution")
class NdConvolution(Convolution):
    """A Convolution over as many axes as `kernel_shape` has lengths.

    bottom[i]  x: (N, C, *size)            N: all axes before `axis`, which is that of C
    top[i]     y: (N, O, *places)          O = `num_output`, places as those of Convolution
    blobs_[0]  W: (O, C / group, *kernel)
    blobs_[1]  b: (O,)                     absent when `bias_term` is false

    `kernel_shape`, `stride_shape` and `pad_shape` are read in place of kernel_size, stride and pad,
    with which it is a Convolution in everything.

    Proto: ConvolutionParameter.  Caffe: cudnn_ndconv_layer.cpp of video-caffe
    (chuckcho/video-caffe), and of R-C3D's caffe3d.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.convolution_param
        shapes = stated_shapes(self, param, ("kernel_size", "stride", "pad"))
        for name, lengths in shapes.items():
            getattr(param, name)[:] = lengths
        clear_shapes(param)
        super().setup(bottom, top)
