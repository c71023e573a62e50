"""ResizeNearestNeighbor: images in another size, as tf.image.resize_nearest_neighbor makes them."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.vision._tensorflow_resizing import TensorFlowResizing, positions
from blobnet.ops.motion.taps import Taps
from blobnet.proto import ResizeNearestNeighborParameter


@register_layer("ResizeNearestNeighbor")
class ResizeNearestNeighbor(TensorFlowResizing):
    """Each pixel as the one of x that is where it would be.

    bottom[0]  x: (N, H, W, C)  the default; (N, C, H, W) with `data_format` NCHW
    top[0]     y: likewise, h by w: `output_height` and `output_width`, else `scale_height` times
                  H and `scale_width` times W, rounded down

    Pixel i of y is x's floor(i * H / h); with `align_corners` round(i * (H - 1) / (h - 1)), halves
    upwards; with `half_pixel_centers` floor((i + 0.5) * H / h), with `half_pixel_onnx`
    floor((i + 0.5) * H / h - 0.5). (The fork has no backward.)

    Proto: ResizeNearestNeighborParameter.  Caffe: resize_nearest_neighbor_layer.cpp of Synopsys.
    """

    formula = "y[i, j] = x[floor(i * H / h), floor(j * W / w)]"
    gradient_formula = "dx = the sum of dy over all places that show this x."

    rules = ("align_corners", "half_pixel_centers", "half_pixel_onnx")

    def param(self) -> ResizeNearestNeighborParameter:
        return self.layer_param_.resize_nearest_neighbor_param

    def taps(self, old: int, new: int) -> Taps:
        param = self.param()
        half = param.half_pixel_centers or param.half_pixel_onnx
        place = positions(old, new, corners=param.align_corners, shift=0.5 if half else 0)
        exact = place.astype(np.float64) - (0.5 if param.half_pixel_onnx else 0)
        nearest = np.floor(exact + 0.5) if param.align_corners else np.floor(exact)
        index = nearest.clip(0, old - 1).astype(np.intp)
        return Taps(index[:, None], np.ones((new, 1)))
