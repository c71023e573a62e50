"""DepthwiseConvolution: the name under which many prototxts have a grouped Convolution."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.vision.convolution import Convolution


@register_layer("DepthwiseConvolution")
class DepthwiseConvolution(Convolution):
    """A Convolution, nearly always with as many groups as channels.

    bottom[i]  x: (N, C, *size)            N: all axes before `axis`, which is that of C
    top[i]     y: (N, O, *places)          O = `num_output`, places as those of Convolution
    blobs_[0]  W: (O, C / group, *kernel)  so (C, 1, *kernel), where each channel is a group
    blobs_[1]  b: (O,)                     absent when `bias_term` is false

    It is a Convolution in everything: the type stands for a faster program on GPUs, and here
    Convolution takes the fast way by itself.

    Proto: ConvolutionParameter.  Caffe: depthwise_conv_layer.cpp of MobileNet-YOLO
    (eric612/MobileNet-YOLO), first in yonghenglh6/DepthwiseConvolution.
    """
