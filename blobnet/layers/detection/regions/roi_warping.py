"""ROIWarping: a region at one size, by interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._bilinear import Points, points
from blobnet.layers.detection.regions._regions import check_images, check_regions, read_regions
from blobnet.ops.detection.roi_pooling import LOWEST
from blobnet.ops.detection.roi_warping import Axis, samples, samples_backward, slopes
from blobnet.ops.rounding import rounded
from blobnet.types import Array, IntArray


class _Side(NamedTuple):
    """All regions along one axis, each array (R, samples).

    points  where the samples are
    axis    the same, as `ops/detection/roi_warping.py` has it
    seen    with the weights in which MNC's backward finds them
    far     how far into its region each is, of 1
    """

    points: Points
    axis: Axis
    seen: Axis
    far: Array


@register_layer("ROIWarping")
class ROIWarping(Layer):
    """Regions of any size as so many values each, and a gradient for where they are.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  rois: (R, 5)        rows of the image's index, x1, y1, x2, y2; (R, 5, 1, 1) will do
    top[0]     y: (R, C, pooled_h, pooled_w)

    Corners are multiplied by `spatial_scale` and rounded, halves away from zero. Row i is taken at
    y1 + i * (y2 - y1) / pooled_h, columns likewise, between pixels where need be; 0 more than half
    a pixel beside the image, and where it would be NaN or less than -FLT_MAX.

    The gradients are MNC's, though not quite those of y: backward takes regions as one pixel
    larger. So that of x misses a part of what samples near the end of a region have of the pixel
    before them. That of the corners takes them as if they were not rounded.

    Proto: ROIWarpingParameter.  Caffe: roi_warping_layer.cu of MNC (daijifeng001/caffe-mnc).
    """

    formula = "y = x between its pixels, in as many rows and columns of each region"
    gradient_formula = (
        "dx = dy times the share that x has in y;  drois = dy times the slopes of x, times how far "
        "into the region: the rest of 1 to x1 and y1, the share to x2 and y2."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.roi_warping_param
        self._pooled = param.pooled_h, param.pooled_w
        if not all(0 < size < 2**15 for size in self._pooled):
            raise self.error("pooled_h and pooled_w must be > 0", got=f"{self._pooled}")
        self._scale = np.asarray(param.spatial_scale, self.dtype)
        self._is_nothing: Array | None = None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom[0])
        check_regions(self, bottom[1])
        if 0 in bottom[0].shape[2:]:
            raise self.error("there is no pixel", got=f"shape {bottom[0].shape}")
        top[0].reshape((bottom[1].shape[0], bottom[0].shape[1], *self._pooled))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        self._images, corners = read_regions(self, bottom[1], len(x))
        corners = rounded(corners * self._scale)
        down, across = self._sides = [
            self._side(corners[:, axis], corners[:, 2 + axis], 1 - axis, x.shape[3 - axis])
            for axis in (1, 0)
        ]
        samples(x, self._images, down.axis, across.axis, y)
        inside = down.points.inside[:, :, None] & across.points.inside[:, None]
        if not inside.all():
            y[~np.broadcast_to(inside[:, None], y.shape)] = 0
        is_nothing = ~(y > LOWEST)
        self._is_nothing = is_nothing if is_nothing.any() else None
        if self._is_nothing is not None:
            y[self._is_nothing] = 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, dy = bottom[0].data, top[0].diff
        if self._is_nothing is not None:
            dy = np.where(self._is_nothing, 0, dy)
        down, across = self._sides
        if propagate_down[0]:
            axes = down.seen, across.seen
            samples_backward(dy, self._images, *axes, bottom[0].diff)
        if propagate_down[1]:
            drois = np.zeros((len(dy), 4), self.dtype)
            slopes(x, dy, self._images, down.axis, across.axis, down.far, across.far, drois)
            rows = bottom[1].diff.reshape(len(dy), 5)
            rows[:, 0] = 0
            rows[:, 1:] = drois * self._scale

    def _side(self, first: Array, last: Array, axis: int, size: int) -> _Side:
        """All regions along one axis."""
        count = self._pooled[axis]
        first, last = first[:, None], last[:, None]
        number = np.arange(count).astype(self.dtype)
        its = points(first + number * (np.maximum(last - first, 0) / count), size)
        larger = np.maximum(last - first + 1, 1)  # by which backward goes

        def is_seen(pixel: IntArray) -> Array:
            begin = np.floor((pixel - first - 1) / (larger / count) - 1)
            end = np.ceil((pixel - first + 1) / (larger / count))
            seen: Array = (number >= begin) & (number < end) & (pixel >= first) & (pixel <= last)
            return seen

        weights = its.weights
        seen = [
            np.where(is_seen(pixel.astype(self.dtype)), weight, 0)
            for pixel, weight in zip((its.low, its.high), weights, strict=True)
        ]
        far = ((its.at - first) / larger).astype(self.dtype)
        axis_ = Axis(its.low, its.high, *weights)
        return _Side(its, axis_, Axis(its.low, its.high, *seen), far)
