"""PSROIPooling: the average in each bin of a region, of channels that are the bin's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._regions import check_images, check_regions, read_regions
from blobnet.ops.detection import roi_pooling
from blobnet.ops.rounding import rounded, whole_numbers
from blobnet.types import Array, IntArray


@register_layer("PSROIPooling")
class PSROIPooling(Layer):
    """Position-sensitive pooling of regions.

    bottom[0]  x: (N, output_dim * g * g, H, W)    g = `group_size`; channels by output, bin down
                                                   and bin across
    bottom[1]  rois: (R, 5)        rows of the image's index, x1, y1, x2, y2; (R, 5, 1, 1) will do
    top[0]     y: (R, output_dim, g, g)

    Corners are rounded, halves away from zero, and then multiplied by `spatial_scale`; the pixel
    of the second one is in the region, which is at least 0.1 wide. A bin has all pixels that it
    touches; an empty one gives 0.

    Proto: PSROIPoolingParameter.  Caffe: psroi_pooling_layer.cpp of Intel (intel/caffe).
    """

    formula = "y = the average of each bin of a region, in the channel of output and bin"
    gradient_formula = (
        "dx = the sum of dy / the size of the bin, over the bins that hold x; regions have none."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.psroi_pooling_param
        self._scale = np.asarray(param.spatial_scale, self.dtype)
        self._outputs, self._group = param.output_dim, param.group_size
        for name, got in (
            ("spatial_scale", param.spatial_scale),
            ("output_dim", param.output_dim),
            ("group_size", param.group_size),
        ):
            if not 0 < got < 2**15:
                raise self.error(f"{name} must be > 0", got=got)
        self._images: IntArray = np.zeros(0, np.int64)
        self._edges: IntArray = np.zeros((0, 0), np.int64)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_images(self, bottom[0])
        check_regions(self, bottom[1])
        channels = self._outputs * self._group**2
        if bottom[0].shape[1] != channels:
            raise self.error(
                "input channel number does not match layer parameters",
                expected=f"{channels} channels, output_dim * group_size * group_size",
                got=f"shape {bottom[0].shape}",
            )
        top[0].reshape((bottom[1].shape[0], self._outputs, self._group, self._group))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        self._images, corners = read_regions(self, bottom[1], len(x))
        corners = rounded(corners)
        first, last = corners[:, :2] * self._scale, (corners[:, 2:] + 1) * self._scale
        edges = [self._bins(first[:, axis], last[:, axis], x.shape[3 - axis]) for axis in (1, 0)]
        self._edges = np.concatenate(edges, 1)
        roi_pooling.averages(x, self._images, self._edges, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            roi_pooling.averages_backward(top[0].diff, self._images, self._edges, bottom[0].diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _bins(self, first: Array, last: Array, size: int) -> IntArray:
        """The first pixels of all bins along an axis, then the first behind them."""
        real: Any = self.dtype.type
        width = np.maximum(last - first, real(0.1)) / real(self._group)
        numbers = np.arange(self._group + 1).astype(self.dtype)
        starts = np.floor(numbers[:-1] * width[:, None] + first[:, None])
        ends = np.ceil(numbers[1:] * width[:, None] + first[:, None])
        return whole_numbers(np.concatenate([starts, ends], 1)).clip(0, size)
