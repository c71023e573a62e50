"""HardMining: the regions that a net has the most to learn from."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._chooser import (
    Chooser,
    check_rows,
    check_same_rows,
    numbers_below,
    rows_of,
)
from blobnet.types import IntArray


@register_layer("HardMining")
class HardMining(Chooser):
    """Of all bottoms but the first the rows whose region has the highest score.

    bottom[0]  scores: (R,)          losses, say; further axes of 1 will do
    bottom[1]  regions: (R, 5, ...)  [image, x1, y1, x2, y2], of `num_image` images
    bottom[i]  (R, ...)              what else is known of each region
    top[i]     (K, ...)              of the bottom behind the one in its place, in its rows' order

    K = num_image * num_roi_per_image, or R if that is less. Each image has num_roi_per_image of
    them, or all that it has; then what is missing comes from all images. Of equal scores the last
    is the highest; NaN is lower than all.

    Proto: HardMiningParameter.  Caffe: hard_mining_layer.cpp of Cascade R-CNN
    (zhaoweicai/cascade-rcnn).
    """

    formula = "the rows of the regions with the highest scores of each image"

    min_bottom_blobs = 2
    min_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.hard_mining_param
        self._images, self._of_each = param.num_image, param.num_roi_per_image
        if not (self._images > 0 and self._of_each > 0):
            raise self.error(
                "no region can be chosen",
                expected="num_image > 0 and num_roi_per_image > 0",
                got=f"{self._images} and {self._of_each}",
            )
        if len(bottom) != len(top) + 1:
            raise self.error(
                "a top for each bottom but the scores",
                expected=f"{len(bottom) - 1} tops for {len(bottom)} bottoms",
                got=f"{len(top)} tops",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_same_rows(self, bottom)
        check_rows(self, bottom[1], 1, (5,), "regions")
        if bottom[0].count(1) != 1:
            raise self.error("one score per region", got=f"bottom[0] of shape {bottom[0].shape}")
        count = min(self._images * self._of_each, bottom[0].shape[0])
        for blob, source in zip(top, bottom[1:], strict=True):
            blob.reshape((count, *source.shape[1:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        what = "an image's number in bottom[1]"
        images = numbers_below(self, rows_of(bottom[1])[:, 0], self._images, what)
        chosen = self._choose(bottom[0], images)
        for blob, source in zip(top, bottom[1:], strict=True):
            blob.data[...] = source.data[chosen]

    def _choose(self, scores: Blob, images: IntArray) -> IntArray:
        values = np.nan_to_num(scores.data.reshape(-1), nan=-np.inf, posinf=np.inf, neginf=-np.inf)
        falling = np.argsort(values, kind="stable")[::-1]
        by_image = falling[np.argsort(images[falling], kind="stable")]
        starts = np.searchsorted(images[by_image], images[by_image])
        place = np.arange(len(by_image)) - starts  # among the regions of its image
        is_first = np.zeros(len(images), np.bool_)
        is_first[by_image[place < self._of_each]] = True
        count = min(self._images * self._of_each, len(images))
        others = falling[~is_first[falling]][: count - np.count_nonzero(is_first)]
        return np.sort(np.concatenate([np.flatnonzero(is_first), others]))
