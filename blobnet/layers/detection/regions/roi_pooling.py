"""ROIPooling: the maximum in each bin of a region."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._regions import (
    check_images,
    check_regions,
    padded,
    read_regions,
)
from blobnet.ops.detection import roi_pooling
from blobnet.ops.detection.roi_pooling import equal_bins
from blobnet.ops.rounding import rounded, whole_numbers
from blobnet.types import Array, IntArray, Shape

_LAST_PIXEL = 6
"""Of each row and column of R-C3D's frames."""


@register_layer("ROIPooling")
class ROIPooling(Layer):
    """Regions of any size as so many bins each, of which the maxima are taken.

    bottom[0]  x: (N, C, H, W)     or (N, C, D, H, W)
    bottom[1]  rois: (R, 5)        rows of the image's index, x1, y1, x2, y2; (R, 5, 1, 1) will do;
                                   or (R, 7): the index, z1, x1, y1, z2, x2, y2
                                   or, with pooled_l, (R, 3): the index, the first and last frame
    top[0]     y: (R, C, pooled_h, pooled_w)    or (R, C, *pooled_size)
                                                or (R, C, pooled_l, pooled_h, pooled_w)

    Corners are multiplied by `spatial_scale` and rounded, halves away from zero; both are in the
    region. A bin has all pixels that it touches, so neighbours may share some. Empty bins, which
    lie beside the image, give 0. NaN and what is below -FLT_MAX are no maxima.

    `pooled_size` is one number for all axes or one for each, instead of `pooled_h` and `pooled_w`.
    `pad_ratio` makes a region larger first, on each side by so much of its length.

    With `pooled_l` regions are spans of time, and `temporal_scale` is what their ends are
    multiplied by. Of each frame the first 7 rows and columns count, whatever spatial_scale says:
    so it is in R-C3D, whose frames have as many.

    Proto: ROIPoolingParameter.  Caffe: roi_pooling_layer.cpp of Intel (intel/caffe), of MS-CNN
    (zhaoweicai/mscnn) and of R-C3D (VisionLearningGroup/R-C3D).
    """

    formula = "y = the largest x in each bin of a region"
    gradient_formula = "dx = the sum of dy over the bins whose maximum x is; regions have none."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        check_images(self, bottom[0], (4, 5))
        self._pooled = self._pooled_size(bottom[0].num_axes - 2)
        for size in self._pooled:
            if not 0 < size < 2**15:
                raise self.error("pooled_h and pooled_w must be > 0", got=f"{self._pooled}")
        param = self.layer_param_.roi_pooling_param
        self._is_of_time = param.pooled_l > 0
        scale = param.temporal_scale if self._is_of_time else param.spatial_scale
        self._scale = np.asarray(scale, self.dtype)
        self._pad_ratio = param.pad_ratio
        self._argmax: Array = np.zeros(0)
        self._images: IntArray = np.zeros(0, np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom[0], (2 + len(self._pooled),))
        check_regions(self, bottom[1], 1 if self._is_of_time else len(self._pooled))
        top[0].reshape((bottom[1].shape[0], bottom[0].shape[1], *self._pooled))
        if self._argmax.shape != top[0].shape:
            self._argmax = np.zeros(top[0].shape, self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, axes = bottom[0].data, len(self._pooled)
        self._images, corners = read_regions(self, bottom[1], len(x))
        corners = padded(corners, self._pad_ratio)
        corners = whole_numbers(rounded(corners * self._scale))
        if self._is_of_time:
            corners = _of_all_pixels(corners)
        order = (1, 0) if axes == 2 else (0, 2, 1)  # the axis of each corner: y, x; or z, y, x
        edges = [
            equal_bins(corners[:, at], corners[:, axes + at], bins, size, self.dtype.type)
            for at, bins, size in zip(order, self._pooled, x.shape[2:], strict=True)
        ]
        roi_pooling.maxima(x, self._images, np.concatenate(edges, 1), top[0].data, self._argmax)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx = bottom[0].diff
            roi_pooling.maxima_backward(top[0].diff, self._argmax, self._images, dx)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _pooled_size(self, axes: int) -> Shape:
        param = self.layer_param_.roi_pooling_param
        if param.pooled_l:
            return self._pooled_clip(axes)
        if param.HasField("temporal_scale"):
            raise self.error(
                "temporal_scale is for spans of time: pooled_l is missing",
                fix="write pooled_l: 1, or leave temporal_scale out",
            )
        sizes = tuple(param.pooled_size)
        if not sizes and axes == 2:
            return param.pooled_h, param.pooled_w
        if param.HasField("pooled_h") or param.HasField("pooled_w"):
            raise self.error(
                "Either pooled_size or pooled_h/w should be specified, not both; pooled_h and "
                "pooled_w are for images of two dimensions",
                got=f"pooled_size {sizes}, pooled_h {param.pooled_h}, pooled_w {param.pooled_w}",
            )
        if len(sizes) not in (1, axes):
            raise self.error(
                "pooled_size must be specified once, or once per spatial dimension",
                expected=f"1 or {axes} of them",
                got=len(sizes),
            )
        return sizes if len(sizes) == axes else sizes * axes

    def _pooled_clip(self, axes: int) -> Shape:
        param = self.layer_param_.roi_pooling_param
        if axes != 3 or len(param.pooled_size):
            raise self.error(
                "pooled_l is for clips, and comes with pooled_h and pooled_w",
                expected="bottom[0] of shape (N, C, length, height, width), no pooled_size",
                got=f"{axes + 2} axes, pooled_size {list(param.pooled_size)}",
            )
        return param.pooled_l, param.pooled_h, param.pooled_w


def _of_all_pixels(spans: IntArray) -> IntArray:
    """Spans (R, 2) of time as regions (R, 6): z1, x1, y1, z2, x2, y2."""
    corners = np.zeros((len(spans), 6), spans.dtype)
    corners[:, [0, 3]] = spans
    corners[:, 4:] = _LAST_PIXEL
    return corners
