"""Resize: images in another size, bilinear, upper left corner on upper left corner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.sampling import sample, spread, taps_in_zeros


@register_layer("Resize")
class Resize(Layer):
    """Images in another size, mixed from the four pixels around each place.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, h, w)   h = `height`, w = `width`; with `is_pyramid_test`
                                 int(out_height_scale * H), int(out_width_scale * W)

    Pixel i of y is at i * H / h of x. What lies behind the last pixel of x counts as 0: there y
    fades. resize_param has further fields, of SSD's data layers; they are not read here.

    Proto: ResizeParameter.  Caffe: resize_layer.cpp, util_img.cpp of happynear/caffe-windows.
    """

    formula = "y[i, j] = x between the pixels at (i H / h, j W / w)."
    gradient_formula = "Each dy goes to the four x that y was mixed from, by their shares."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.resize_param
        names = ("height", "width")
        if param.is_pyramid_test:
            names = ("out_height_scale", "out_width_scale")
        for name in names:
            if not param.HasField(name):
                raise self.error(f"output {name} is required", fix=f"state {name} in resize_param")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        num, channels, *size = bottom[0].shape
        goal = self._goal(size)
        if min(size + goal) < 1:
            raise self.error(
                "height and width should be positive",
                got=f"{goal[0]} x {goal[1]} from {size[0]} x {size[1]}",
            )
        top[0].reshape((num, channels, *goal))
        rows, columns = (
            np.arange(new, dtype=self.dtype) * np.asarray(old / new, self.dtype)
            for old, new in zip(size, goal, strict=True)
        )
        places = np.meshgrid(rows, columns, indexing="ij")
        self._taps = taps_in_zeros(*(place.reshape(1, -1) for place in places), *size)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for x, y in zip(bottom[0].data, top[0].data, strict=True):
            sample(x, self._taps, y.reshape(len(y), self._taps.weight.shape[2]))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            for dy, dx in zip(top[0].diff, bottom[0].diff, strict=True):
                spread(dy.reshape(len(dy), self._taps.weight.shape[2]), self._taps, dx)

    def _goal(self, size: Sequence[int]) -> list[int]:
        param = self.layer_param_.resize_param
        if not param.is_pyramid_test:
            return [param.height, param.width]
        scales = (param.out_height_scale, param.out_width_scale)
        if not np.isfinite(scales).all():
            raise self.error("a scale is no number", got=scales)
        return [int(scale * length) for scale, length in zip(scales, size, strict=True)]
