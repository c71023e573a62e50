"""GSTiling: blocks of pixels become channels, or channels blocks of pixels."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("GSTiling")
class GSTiling(Layer):
    """Moves each block of `stride` by `stride` pixels into the channels; with `reverse`, back.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C s s, H / s, W / s), or (N, C / (s s), H s, W s) with `reverse`

    Channels of y are in blocks: those of x at the first pixel of its block, at the pixel to the
    right of it, and so on, row by row (as TensorFlow's space_to_depth).

    Proto: GSTilingParameter.  Caffe: gs_tiling_layer.cpp of Xilinx (Xilinx/Vitis-AI).
    """

    formula = "y[n, (i s + j) C + c, h, w] = x[n, c, h s + i, w s + j]"
    gradient_formula = "dx is dy, moved back."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.gs_tiling_param
        self._stride, self._is_reverse = param.stride, param.reverse
        if self._stride < 1:
            raise self.error("stride must be at least 1", got=self._stride)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, s = bottom[0].shape, self._stride
        if len(shape) != 4:
            raise self.error("the bottom must have 4 axes", got=f"shape {shape}")
        num, channels, height, width = shape
        divided = (channels % (s * s),) if self._is_reverse else (height % s, width % s)
        if any(divided):
            raise self.error(
                "stride must divide "
                + ("the channels, twice" if self._is_reverse else "height and width"),
                got=f"stride {s}, shape {shape}",
            )
        if self._is_reverse:
            top[0].reshape((num, channels // (s * s), height * s, width * s))
        else:
            top[0].reshape((num, channels * s * s, height // s, width // s))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._move(bottom[0].data, top[0].data, to_channels=not self._is_reverse)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            self._move(top[0].diff, bottom[0].diff, to_channels=self._is_reverse)

    def _move(self, source: Array, target: Array, *, to_channels: bool) -> None:
        s = self._stride
        image, tiles = (source, target) if to_channels else (target, source)
        num, channels, height, width = image.shape
        pixels = image.reshape(num, channels, height // s, s, width // s, s)
        pixels = pixels.transpose(0, 3, 5, 1, 2, 4)
        blocks = tiles.reshape(num, s, s, channels, height // s, width // s)
        if to_channels:
            blocks[...] = pixels
        else:
            pixels[...] = blocks
