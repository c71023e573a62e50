"""UpsampleDarknet: each pixel several times."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.permuting import repeated


@register_layer("UpsampleDarknet")
class UpsampleDarknet(Layer):
    """Every pixel of an image becomes `stride` by `stride` equal ones, as in YOLO v3.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, H s, W s)  s = `stride`

    Proto: UpsampleDarknetParameter.  Caffe: upsample_darknet_layer.cpp of Synopsys.
    """

    formula = "y[i, j] = x[i // s, j // s]"
    gradient_formula = "dx = the sum of dy over the s by s copies."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._stride = self.layer_param_.upsample_darknet_param.stride
        if self._stride < 1:
            raise self.error("stride must be at least 1", got=self._stride)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4:
            expected = "shape (N, C, H, W)"
            raise self.error("not a batch of images", expected=expected, got=f"shape {shape}")
        top[0].reshape((*shape[:2], *(self._stride * length for length in shape[2:])))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        repeated(bottom[0].data, self._stride, 2, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            num, channels, height, width = bottom[0].shape
            copies = (num, channels, height, self._stride, width, self._stride)
            top[0].diff.reshape(copies).sum(axis=(3, 5), out=bottom[0].diff)
