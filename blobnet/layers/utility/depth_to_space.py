"""DepthToSpace: channels become blocks of pixels."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.permuting import inverse, permuted
from blobnet.types import Array, Shape

_ORDERS = {
    "NHWC": (0, 1, 3, 2, 4, 5),
    "NCHW": (0, 3, 4, 1, 5, 2),
    "DCR": (0, 3, 4, 1, 5, 2),
    "CRD": (0, 1, 4, 2, 5, 3),
}
"""How the axes (block row, block column, channel of y, row, column) of x become those of y."""


@register_layer("DepthToSpace")
class DepthToSpace(Layer):
    """b * b channels of a place become a block of pixels; b = `block_size`.

    bottom[0]  x: (N, H, W, C b b) with `data_format` NHWC, the default; (N, C b b, H, W) with the
                  others
    top[0]     y: (N, H b, W b, C), or (N, C, H b, W b)

    Which channel is which pixel: in NHWC, NCHW and DCR those of the first pixel come first, then
    those of the pixel to the right of it, row by row; in CRD all pixels of the first channel do.
    (The fork has no backward.)

    Proto: DepthToSpaceParameter.  Caffe: depth_to_space_layer.cpp of Synopsys.
    """

    formula = "y[n, c, h b + i, w b + j] = x[n, (i b + j) C + c, h, w]; CRD: x[n, (c b + i) b + j]"
    gradient_formula = "dx is dy, moved back."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.depth_to_space_param
        if param.data_format not in _ORDERS:
            expected = ", ".join(_ORDERS)
            raise self.error("unknown data_format", expected=expected, got=param.data_format)
        if param.block_size < 1:
            raise self.error("block_size must be at least 1", got=param.block_size)
        self._size, self._format = param.block_size, param.data_format

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, b = bottom[0].shape, self._size
        last = self._format == "NHWC"
        if len(shape) != 4 or shape[3 if last else 1] % (b * b):
            expected = f"4 axes, and channels that are a multiple of {b * b}"
            raise self.error("channels make no blocks", expected=expected, got=f"shape {shape}")
        if last:
            num, height, width, channels = shape
            self._axes: Shape = (num, height, width, b, b, channels // (b * b))
            top[0].reshape((num, height * b, width * b, channels // (b * b)))
            return
        num, channels, height, width = shape
        depth = channels // (b * b)
        blocks = (depth, b, b) if self._format == "CRD" else (b, b, depth)
        self._axes = (num, *blocks, height, width)
        top[0].reshape((num, depth, height * b, width * b))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        order = _ORDERS[self._format]
        permuted(bottom[0].data.reshape(self._axes), order, out=self._blocks(top[0].data))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            order = inverse(_ORDERS[self._format])
            permuted(self._blocks(top[0].diff), order, out=bottom[0].diff.reshape(self._axes))

    def _blocks(self, image: Array) -> Array:
        """An image with rows and columns of blocks, and those within blocks, as axes."""
        return image.reshape([self._axes[axis] for axis in _ORDERS[self._format]])
