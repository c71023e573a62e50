"""ConvolutionDepthwise: one filter for each channel."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.vision._fused import Fused
from blobnet.layers.vision._unfused import refuse_fused
from blobnet.layers.vision.convolution import Convolution


@register_layer("ConvolutionDepthwise")
class ConvolutionDepthwise(Convolution):
    """Slides a filter of its own over each channel.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, *places)   places as those of Convolution
    blobs_[0]  W: (C, 1, *kernel)
    blobs_[1]  b: (C,)              absent when `bias_term` is false

    It makes as many channels as it gets, each from one: `num_output` and `group` are not read.
    Else it is a Convolution with C groups.

    Proto: ConvolutionParameter.  Caffe: conv_dw_layer.cpp of BVLC/caffe#5665, in
    farmingyard/ShuffleNet and luoyetx/mini-caffe.
    """

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        super().setup(bottom, top)

    def fused(self) -> Fused:
        refuse_fused(self, "shape_offset")
        return Fused()

    def outputs_and_groups(self) -> tuple[int, int]:
        return self._channels, self._channels
