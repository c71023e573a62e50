"""ROIAlign: a region at one size, by interpolation at the corners of its bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._bilinear import points
from blobnet.layers.detection.regions._regions import (
    check_images,
    check_regions,
    padded,
    read_regions,
)
from blobnet.ops.detection.roi_warping import Axis, samples, samples_backward
from blobnet.types import Array, IntArray


@register_layer("ROIAlign")
class ROIAlign(Layer):
    """Regions of any size as so many values each; nothing is rounded.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  rois: (R, 5)        rows of the image's index, x1, y1, x2, y2; (R, 5, 1, 1) will do
    top[0]     y: (R, C, pooled_h + 1, pooled_w + 1)

    Corners, moved out by `pad_ratio` of the region's length, are multiplied by `spatial_scale`;
    half a pixel less is where they are among the middles of pixels. Between them are pooled_h by
    pooled_w bins, and y is x at the corners of these: a Pooling of kernel 2 and stride 1 behind
    the layer makes bins of it. 0 more than half a pixel beside the image, and for a region whose
    second corner is not behind the first.

    Proto: ROIPoolingParameter.  Caffe: roi_align_layer.cpp and .cu of Cascade R-CNN
    (zhaoweicai/cascade-rcnn).
    """

    formula = "y = x between its pixels, at the corners of the bins of each region"
    gradient_formula = "dx = dy times the share that x has in y; regions have none."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.roi_pooling_param
        self._bins = param.pooled_h, param.pooled_w
        if not all(0 < size < 2**15 for size in self._bins):
            raise self.error("pooled_h and pooled_w must be > 0", got=f"{self._bins}")
        for name in ("pooled_size", "pooled_l", "temporal_scale"):
            value = getattr(param, name)
            if value if name == "pooled_size" else param.HasField(name):
                raise self.error(
                    f"{name} is a setting of ROIPooling",
                    expected="pooled_h and pooled_w",
                    got=f"{name} {value}",
                )
        self._scale = np.asarray(param.spatial_scale, self.dtype)
        self._pad_ratio = param.pad_ratio
        self._images: IntArray = np.zeros(0, np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom[0])
        check_regions(self, bottom[1])
        if 0 in bottom[0].shape[2:]:
            raise self.error("there is no pixel", got=f"shape {bottom[0].shape}")
        down, across = self._bins
        top[0].reshape((bottom[1].shape[0], bottom[0].shape[1], down + 1, across + 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        self._images, corners = read_regions(self, bottom[1], len(x))
        corners = padded(corners, self._pad_ratio) * self._scale - np.asarray(0.5, self.dtype)
        lengths = corners[:, 2:] - corners[:, :2]
        is_good = (lengths > 0).all(axis=1)
        (self._rows, is_down), (self._columns, is_across) = (
            self._along(corners[:, axis], lengths[:, axis], is_good, 1 - axis, x.shape[3 - axis])
            for axis in (1, 0)
        )
        samples(x, self._images, self._rows, self._columns, y)
        inside = is_down[:, :, None] & is_across[:, None]
        if not inside.all():
            y[~np.broadcast_to(inside[:, None], y.shape)] = 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx = bottom[0].diff
            samples_backward(top[0].diff, self._images, self._rows, self._columns, dx)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _along(
        self, first: Array, length: Array, is_good: Array, axis: int, size: int
    ) -> tuple[Axis, Array]:
        """The samples of all regions along one axis, and which of them are inside of the image."""
        bins = self._bins[axis]
        number = np.arange(bins + 1).astype(self.dtype)
        at = first[:, None] + number * (length / np.asarray(bins, self.dtype))[:, None]
        at[~is_good] = np.nan
        found = points(at, size)
        return Axis(found.low, found.high, *found.weights), found.inside
