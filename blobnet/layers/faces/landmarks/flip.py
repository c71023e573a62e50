"""Flip: images mirrored, all of them."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Flip")
class Flip(Layer):
    """Turns images round.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: as x

    `flip_width` (true unless stated) swaps left and right, `flip_height` top and bottom.

    Proto: FlipParameter.  Caffe: flip_layer.cpp of happynear/caffe-windows.
    """

    formula = "y[h, w] = x[H - 1 - h, W - 1 - w], along the axes that are flipped."
    gradient_formula = "dx = dy flipped in the same way."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.flip_param
        turned, kept = slice(None, None, -1), slice(None)
        down, across = (turned if on else kept for on in (param.flip_height, param.flip_width))
        self._order = (..., down, across)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = bottom[0].data[self._order]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff[self._order]
