"""ScaleRoute: the regions of some sizes, for the map that suits them."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._chooser import (
    Chooser,
    check_rows,
    check_same_rows,
    rows_of,
)
from blobnet.types import Array, IntArray

_MIDDLE = 256.0
"""The scale that is nearest where none is stated."""


@register_layer("ScaleRoute")
class ScaleRoute(Chooser):
    """Of all bottoms the rows whose region has a scale between two limits.

    bottom[0]  regions: (R, 5, ...)  [image, x1, y1, x2, y2]
    bottom[i]  (R, ...)              what else is known of each region
    top[i]     (K, ...)              of the same bottom

    The scale of a region is the square root of its area in whole pixels; it goes from `low_scale`
    to below `high_scale`, where they are stated. Where there is none such, it is the one region
    whose scale is nearest to the middle of both, on a logarithmic scale.

    Proto: ScaleRouteParameter.  Caffe: scale_route_layer.cpp of Cascade R-CNN
    (zhaoweicai/cascade-rcnn).
    """

    formula = "the rows of regions with low_scale <= sqrt(area) < high_scale"

    min_bottom_blobs = 1
    min_top_blobs = 1
    equal_num_bottom_top_blobs = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.scale_route_param
        has_low, has_high = (param.HasField(name) for name in ("low_scale", "high_scale"))
        self._low = param.low_scale if has_low else 0.0
        self._high = param.high_scale if has_high else np.inf
        limits = [s for s, is_there in ((self._low, has_low), (self._high, has_high)) if is_there]
        if not all(0 < scale < np.inf for scale in limits) or limits != sorted(limits):
            raise self.error(
                "no scale is between both limits",
                expected="0 < low_scale <= high_scale",
                got=f"low_scale {self._low:g}, high_scale {self._high:g}",
            )
        self._middle = np.prod(limits) ** (1 / len(limits)) if limits else _MIDDLE

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_same_rows(self, bottom)
        check_rows(self, bottom[0], 0, (5,), "regions")
        self.give_first_shapes(top, *((1, *blob.shape[1:]) for blob in bottom))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        chosen = self._choose(rows_of(bottom[0])[:, 1:].astype(np.float32))
        for blob, source in zip(top, bottom, strict=True):
            blob.reshape((len(chosen), *source.shape[1:]))
            blob.data[...] = source.data[chosen]

    def _choose(self, boxes: Array) -> IntArray:
        sides = boxes[:, 2:] - boxes[:, :2]
        area = np.where((sides >= 0).all(axis=1), (sides + np.float32(1)).prod(axis=1), 0)
        scales = np.sqrt(area)
        chosen = np.flatnonzero((scales >= self._low) & (scales < self._high))
        if len(chosen) or not len(boxes):
            return chosen
        far = np.abs(np.log2(scales / np.float32(self._middle)))
        return np.array([np.where(np.isnan(far), np.inf, far).argmin()], np.int64)
