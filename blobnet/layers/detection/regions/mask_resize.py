"""MaskResize: masks in another size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._bilinear import Points, points
from blobnet.layers.detection.regions._regions import check_images
from blobnet.ops.detection.roi_warping import Axis, samples, samples_backward

_LARGEST_FACTOR = 1024.0


@register_layer("MaskResize")
class MaskResize(Layer):
    """Images in another size, interpolated.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, output_height, output_width)

    A `factor_height` or `factor_width` above 0, of SSTD, makes an output size that many times the
    bottom's, cut off; output_height and output_width must be stated all the same.

    The pixel in row i comes from row i * H / output_height, and columns likewise: the first stand
    on each other, not the centers of the images.

    The gradient is exact. In MNC it is where images become smaller; where they grow, a pixel
    misses what it has given to all but four of the new ones.

    Proto: MaskResizeParameter.  Caffe: mask_resize_layer.cu of MNC (daijifeng001/caffe-mnc),
    mask_resize_layer.cpp of BestSonny/SSTD.
    """

    formula = "y = x between its pixels, in rows i * H / output_height"
    gradient_formula = "dx = dy times the share that x has in y, summed over y."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.mask_resize_param
        self._size = self._stated = param.output_height, param.output_width
        self._factors = param.factor_height, param.factor_width
        if not all(self._size):
            raise self.error("output_height and output_width must be > 0", got=f"{self._size}")
        if not all(factor <= _LARGEST_FACTOR for factor in self._factors):  # or NaN
            raise self.error(
                "a factor is out of range", expected=f"up to {_LARGEST_FACTOR}", got=self._factors
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom[0])
        if 0 in bottom[0].shape[2:]:
            raise self.error("there is no pixel", got=f"shape {bottom[0].shape}")
        down, across = (
            int(np.float32(length) * np.float32(factor)) if factor > 0 else stated
            for length, factor, stated in zip(
                bottom[0].shape[2:], self._factors, self._stated, strict=True
            )
        )
        if not (down and across):
            raise self.error("no pixel is left", got=f"factors {self._factors}")
        self._size = down, across
        top[0].reshape((*bottom[0].shape[:2], *self._size))
        self._points = [
            points(np.arange(new).astype(self.dtype) * (np.asarray(old, self.dtype) / new), old)
            for new, old in zip(self._size, bottom[0].shape[2:], strict=True)
        ]
        self._images = np.arange(bottom[0].shape[0])
        self._axes = [self._for_all_images(its) for its in self._points]

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y, (down, across) = top[0].data, self._points
        samples(bottom[0].data, self._images, self._axes[0], self._axes[1], y)
        y[:, :, ~(down.inside[:, None] & across.inside)] = 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            rows, columns = self._axes
            samples_backward(top[0].diff, self._images, rows, columns, bottom[0].diff)

    def _for_all_images(self, its: Points) -> Axis:
        num = len(self._images)
        return Axis(*(np.tile(array, (num, 1)) for array in (its.low, its.high, *its.weights)))
