"""ROIWarping: a region at one size, by interpolation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._bilinear import Points, points, sample, shares
from blobnet.layers.detection.regions._regions import check_images, check_regions, read_regions
from blobnet.ops.parallel import for_each
from blobnet.ops.roi_pooling import LOWEST
from blobnet.ops.rounding import rounded
from blobnet.types import Array


class _Side(NamedTuple):
    """A region along one axis: where it begins and ends, and the points that are sampled."""

    first: Array
    last: Array
    points: Points


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

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom[0])
        check_regions(self, bottom[1])
        if 0 in bottom[0].shape[2:]:
            raise self.error("there is no pixel", got=f"shape {bottom[0].shape}")
        top[0].reshape((bottom[1].shape[0], bottom[0].shape[1], *self._pooled))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        self._images, corners = read_regions(self, bottom[1], len(x))
        self._corners = rounded(corners * self._scale)
        self._is_nothing = np.zeros(y.shape, bool)
        for_each(lambda region: self._warp(region, x, y), range(len(y)), 10 * y.size)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, dys = bottom[0].data, np.where(self._is_nothing, 0, top[0].diff)
        if propagate_down[0]:
            bottom[0].diff.fill(0)
        if propagate_down[1]:
            bottom[1].diff.fill(0)
            drois = bottom[1].diff.reshape(len(dys), 5)
        for region, image in enumerate(self._images):
            sides = self._sides(region, x)
            if propagate_down[0]:
                down, across = map(self._shares, sides, x.shape[2:], self._pooled)
                bottom[0].diff[image] += down.T @ dys[region] @ across
            if propagate_down[1]:
                drois[region, 1:] = self._of_corners(x[image], dys[region], *sides)

    def _warp(self, region: int, x: Array, y: Array) -> None:
        down, across = self._sides(region, x)
        its = y[region] = sample(x[self._images[region]], down.points, across.points)
        outside = ~(down.points.inside[:, None] & across.points.inside)
        is_nothing = self._is_nothing[region] = ~(its > LOWEST) | outside
        y[region][is_nothing] = 0

    def _sides(self, region: int, x: Array) -> list[_Side]:
        """Of a region: down, then across."""
        found = []
        for axis in (1, 0):
            first, last = self._corners[region, axis], self._corners[region, 2 + axis]
            count, size = self._pooled[1 - axis], x.shape[3 - axis]
            step = np.maximum(last - first, 0) / count
            at = first + np.arange(count).astype(self.dtype) * step
            found.append(_Side(first, last, points(at, size)))
        return found

    def _shares(self, side: _Side, size: int, count: int) -> Array:
        """Of each pixel in each sample, where MNC looks for any: in (count, size)."""
        pixel = np.arange(size).astype(self.dtype)
        step = np.maximum(side.last - side.first + 1, 1) / count
        begin = np.floor((pixel - side.first - 1) / step - 1)
        end = np.ceil((pixel - side.first + 1) / step)
        number = np.arange(count)[:, None]
        is_seen = (number >= begin) & (number < end)
        is_seen &= (pixel >= side.first) & (pixel <= side.last)
        return np.where(is_seen, shares(side.points, size), 0)

    def _of_corners(self, x: Array, dy: Array, down: _Side, across: _Side) -> Array:
        """The gradient of x1, y1, x2, y2 of a region: none at the last row and column."""
        (height, width), (rows, columns) = x.shape[1:], (down.points, across.points)
        dy = np.where((rows.low < height - 1)[:, None] & (columns.low < width - 1), dy, 0)
        to_right = x[:, :, columns.high] - x[:, :, columns.low]
        dx = to_right[:, rows.low] * (1 - rows.share)[:, None]
        dx += to_right[:, rows.high] * rows.share[:, None]
        below = x[:, rows.high] - x[:, rows.low]
        dy_ = (
            below[:, :, columns.low] * (1 - columns.share)
            + below[:, :, columns.high] * columns.share
        )
        found = []
        for slope, side, axis in ((dx, across, 2), (dy_, down, 1)):
            share = self._how_far(side).reshape((-1, 1) if axis == 1 else (1, -1))
            its = slope * dy
            found.append(((its * (1 - share)).sum(), (its * share).sum()))
        gradient: Array = self._scale * np.array(found, self.dtype).T.reshape(-1)
        return gradient

    def _how_far(self, side: _Side) -> Array:
        """Where samples are in a region, from 0 to 1, as if it were one pixel larger."""
        size = np.maximum(side.last - side.first + 1, 1)
        found: Array = (side.points.at - side.first) / size
        return found
