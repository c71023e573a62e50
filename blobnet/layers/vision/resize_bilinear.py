"""ResizeBilinear: images in another size, as tf.image.resize_bilinear makes them."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.vision._tensorflow_resizing import TensorFlowResizing, positions
from blobnet.ops.motion.taps import Taps
from blobnet.proto import ResizeBilinearParameter


@register_layer("ResizeBilinear")
class ResizeBilinear(TensorFlowResizing):
    """Each pixel from the two nearest ones of each axis.

    bottom[0]  x: (N, H, W, C)  the default; (N, C, H, W) with `data_format` NCHW, and
                  (N, C, H, W, D) with NCHWD
    top[0]     y: likewise, h by w (by d): `output_height`, `output_width`, `output_depth`, else
                  `scale_height` times H, rounded down, and so on

    Pixel i of y is at i * H / h in x; with `align_corners` at i * (H - 1) / (h - 1), so that the
    outermost pixels stay outermost; with `half_pixel_centers` or `pytorch_half_pixel` at
    (i + 0.5) * H / h - 0.5, with the latter before all of x where h is 1. What would lie beside x
    is its nearest pixel. (The fork has no backward.)

    Proto: ResizeBilinearParameter.  Caffe: resize_bilinear_layer.cpp of Synopsys.
    """

    formula = "y[i] = (1 - t) x[floor(p)] + t x[ceil(p)] at p = i * H / h, t = p - floor(p), twice"
    gradient_formula = "dx = the sum of dy by the same shares."

    formats = ("NHWC", "NCHW", "NCHWD")
    rules = ("align_corners", "half_pixel_centers", "pytorch_half_pixel")

    def param(self) -> ResizeBilinearParameter:
        return self.layer_param_.resize_bilinear_param

    def taps(self, old: int, new: int) -> Taps:
        param = self.param()
        half = param.half_pixel_centers or param.pytorch_half_pixel
        place = positions(old, new, corners=param.align_corners, shift=0.5 if half else 0)
        if half:
            place = place - np.float32(0.5)
        if param.pytorch_half_pixel and new == 1:
            place = np.full(1, -0.5, np.float32)
        below, above = np.floor(place), np.ceil(place)
        share = (place - below).astype(np.float64)
        index = np.stack([below.clip(0, old - 1), above.clip(0, old - 1)], axis=1)
        return Taps(index.astype(np.intp), np.stack([1 - share, share], axis=1))
