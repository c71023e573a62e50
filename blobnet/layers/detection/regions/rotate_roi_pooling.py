"""RotateROIPooling: the largest values of turned regions, at one size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._regions import check_images, read_regions
from blobnet.ops.detection.turned_pooling import pool_turned
from blobnet.types import Array, IntArray

_COLUMNS = 6


@register_layer("RotateROIPooling")
class RotateROIPooling(Layer):
    """Turned regions of any size as so many values each.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  rois: (R, 6)        rows of the image's index, x, y, height, width, angle: the centre
                                   and the sides in pixels of the image, degrees against the clock
    bottom[2]  im_info: (1, 3)     height and width of the image; what stands behind is not read
    top[0]     y: (R, C, pooled_h, pooled_w)

    The region, its centre and sides multiplied by `spatial_scale`, is cut into pooled_h by pooled_w
    bins; y is the largest x above 0 whose pixel lies in the bin, on its upper or left side too, and
    in what the image covers of the map; 0 where there is none.

    Proto: RotateROIPoolingParameter.  Caffe: rotate_roi_pooling_layer.cu of RRPN
    (mjq11302010044/RRPN), whose backward leaves most of the gradient out.
    """

    formula = "y = the largest x above 0 in each bin of each turned region"
    gradient_formula = "dx = the sum of dy over the bins in which that x is the largest."

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.rotate_pooling_param
        self._bins = param.pooled_h, param.pooled_w
        if not all(0 < size < 2**15 for size in self._bins):
            raise self.error("pooled_h and pooled_w must be > 0", got=f"{self._bins}")
        self._images: IntArray = np.zeros(0, np.int64)
        self._argmax: IntArray = np.zeros(0, np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom[0])
        rois, info = bottom[1], bottom[2]
        if rois.num_axes < 2 or rois.count(1) != _COLUMNS:
            raise self.error(
                "the regions do not have a row each",
                expected="shape (regions, 6): the image's index, x, y, height, width, angle",
                got=f"shape {rois.shape}",
            )
        if info.count() < 2:
            raise self.error(
                "bottom[2] says too little of the image",
                expected="height and width",
                got=f"shape {info.shape}",
            )
        top[0].reshape((rois.shape[0], bottom[0].shape[1], *self._bins))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        self._images, regions = read_regions(self, bottom[1], x.shape[0])
        scale = self.layer_param_.rotate_pooling_param.spatial_scale
        size = self._covered(bottom[2].data.reshape(-1), scale, x.shape[2:])
        self._argmax = np.full(y.shape, -1, np.int64)
        for index, (image, region) in enumerate(zip(self._images, regions, strict=True)):
            pool_turned(x[image], region, scale, size, y[index], self._argmax[index])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dx = bottom[0].diff
        dx.fill(0)
        channels = np.arange(dx.shape[1])[:, None, None]
        planes = dx.reshape(*dx.shape[:2], dx.shape[2] * dx.shape[3])
        for image, places, dy in zip(self._images, self._argmax, top[0].diff, strict=True):
            found = places >= 0
            its = np.broadcast_to(channels, places.shape)[found]
            np.add.at(planes[image], (its, places[found]), dy[found])

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _covered(self, info: Array, scale: float, size: Sequence[int]) -> tuple[int, int]:
        """How many rows and columns of the map the image covers."""
        real: Any = self.dtype.type
        rows, columns = (
            min(int(max(real(side) * real(scale), 0)), length)
            for side, length in zip(info[:2], size, strict=True)
        )
        return rows, columns
