"""BilinearInterpolation: Interp by a factor, or to the size of a second bottom."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.segmentation.interp import Interp
from blobnet.types import Shape


@register_layer("BilinearInterpolation")
class BilinearInterpolation(Interp):
    """Images in another size: the outermost pixels stay outermost, in between lines are drawn.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  any: (N, C, h, w)  optional: y has its height and width
    top[0]     y: (N, C, h, w)    with one bottom h = factor * H, w = factor * W

    The factor is `interpolation_factor`.

    Proto: BilinearInterpolationParameter.  Caffe: bilinear_interpolation_layer.cpp, for
    ctensmeyer/binarization_2017.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._factor = self.layer_param_.bilinear_interpolation_param.interpolation_factor
        if self._factor < 1:
            raise self.error("interpolation_factor must be positive", got=self._factor)

    def _size(self, cut: Shape) -> Shape:
        return tuple(size * self._factor for size in cut)
