"""What DomainTransform and DomainTransformForwardOnly do alike."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.ops.copying import copy
from blobnet.ops.segmentation.domain_transform import smooth
from blobnet.types import Array, IntArray

MOST_ITERATIONS = 500
"""Beyond, 4^num_iter is no number any more; each iteration halves what the one before has done."""


class EdgeSmoothing(Layer):
    """Iterations of smoothing within edges; a subclass says whether backward needs them."""

    exact_num_bottom_blobs: ClassVar[int | None] = 3
    exact_num_top_blobs: ClassVar[int | None] = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if any(top[0] is blob for blob in bottom[1:]):
            raise self.error(f"{self.type} Layer does not write where its edges or sizes are.")
        param = self.layer_param_.domain_transform_param
        for name in ("spatial_sigma", "range_sigma", "num_iter"):
            if not getattr(param, name) > 0:
                raise self.error(f"{name} needs to be positive", got=getattr(param, name))
        if param.num_iter > MOST_ITERATIONS:
            raise self.error(
                "num_iter is too large", expected=f"at most {MOST_ITERATIONS}", got=param.num_iter
            )
        if not param.min_weight >= 0:
            raise self.error("min_weight needs to be non-negative", got=param.min_weight)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, sizes = bottom[0].shape, bottom[2]
        wanted = (*shape[:1], 1, *shape[2:])
        if len(shape) != 4 or bottom[1].shape != wanted:
            raise self.error(
                "Reference gradient should have only one channel, and else the shape of bottom[0]",
                expected=f"bottom[0] (N, C, H, W), bottom[1] {wanted}",
                got=f"shapes {shape} and {bottom[1].shape}",
            )
        if sizes.shape[:1] != shape[:1] or (shape[0] and sizes.count != 2 * shape[0]):
            raise self.error(
                "bottom[2] holds no sizes",
                expected=f"height and width for each of {shape[0]} images",
                got=f"shape {sizes.shape}",
            )
        top[0].reshape_like(bottom[0])

    def filter(self, bottom: Blobs, top: Blobs, saved: Array | None) -> None:
        """Write the top, and what each iteration leaves behind for backward into `saved`."""
        x, y = bottom[0].data, top[0].data
        if y is not x:
            copy(x, out=y)
        sizes = self.sizes(bottom)
        for index in range(self.layer_param_.domain_transform_param.num_iter):
            weight = self.weight(bottom[1].data[:, 0], index)
            smooth(y, weight, sizes, None if saved is None else saved[index])

    def weight(self, edges: Array, index: int) -> Array:
        """How much each pixel is drawn to the one before it, in an iteration."""
        param = self.layer_param_.domain_transform_param
        ratio = param.spatial_sigma / param.range_sigma
        weight: Array = np.exp(self.slope(index) * (1 + edges * ratio))
        np.clip(weight, param.min_weight, 1, out=weight)
        return weight

    def slope(self, index: int) -> float:
        """-sqrt(2) / sigma, which grows smaller from one iteration to the next."""
        param = self.layer_param_.domain_transform_param
        shares = 2.0 ** (param.num_iter - index - 1) / math.sqrt(4.0**param.num_iter - 1)
        return float(-math.sqrt(2) / (param.spatial_sigma * math.sqrt(3) * shares))

    def sizes(self, bottom: Blobs) -> IntArray:
        """(N, 2) what is seen of each image."""
        stated, largest = bottom[2].data.reshape(len(bottom[2].data), 2), bottom[0].shape[2:]
        if not ((stated >= 0) & (stated < np.add(largest, 1))).all():  # or NaN
            raise self.error(
                "a size in bottom[2] is not within the images",
                expected=f"at most {largest[0]} x {largest[1]}",
                got=stated.tolist(),
            )
        sizes: IntArray = stated.astype(np.int64)
        return sizes
