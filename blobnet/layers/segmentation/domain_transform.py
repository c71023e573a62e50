"""DomainTransform: smooths within edges, which it learns from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._domain_transform import EdgeSmoothing
from blobnet.ops.copying import copy
from blobnet.ops.segmentation.domain_transform import smooth_backward
from blobnet.types import Array


@register_layer("DomainTransform")
class DomainTransform(EdgeSmoothing):
    """Smoothing along rows and columns that stops at edges.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  edges: (N, 1, H, W)
    bottom[2]  sizes: (N, 2, 1, 1)  height and width of what is seen of each image, or any shape of
               two values each
    top[0]     y: (N, C, H, W)  x where nothing is seen

    In each of `num_iter` iterations, pixels are drawn to the one to their left, then to their
    right, above and below: y[i] += w * (y[i before] - y[i]), where w = exp(-sqrt(2) / sigma * (1 +
    edges * spatial_sigma / range_sigma)) of the right or lower one of both, at least `min_weight`
    and at most 1; sigma = spatial_sigma * sqrt(3) * 2^(num_iter - i) / sqrt(4^num_iter - 1).

    May work in place.
    Proto: DomainTransformParameter.  Caffe: domain_transform_layer.cpp of PSPNet.
    Paper: Chen et al., CVPR 2016.
    """

    formula = "y[i] += w[i] * (y[i - 1] - y[i]) along rows and columns, both ways, num_iter times."
    gradient_formula = (
        "The passes backwards; dedges = -sqrt(2) / sigma * spatial_sigma / range_sigma * w * dw, "
        "also where w is at its least or largest."
    )

    backward_reads_top = False
    works_in_place = True

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.domain_transform_param
        self._saved: Array | None = None
        if self.need_backward:
            self._saved = np.zeros((param.num_iter, 4, *bottom[0].shape), self.dtype)
        self.filter(bottom, top, self._saved)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[2]:
            raise self.error(f"{self.type} Layer cannot back-propagate to image dimension.")
        if self._saved is None or not any(propagate_down):
            return
        param = self.layer_param_.domain_transform_param
        edges = bottom[1].data[:, 0]
        dx = bottom[0].diff if propagate_down[0] else np.empty_like(top[0].diff)
        if dx is not top[0].diff:
            copy(top[0].diff, out=dx)
        d_edges, sizes = np.zeros_like(edges), self.sizes(bottom)
        for index in range(param.num_iter - 1, -1, -1):
            weight, d_weight = self.weight(edges, index), np.zeros_like(edges)
            smooth_backward(dx, weight, sizes, self._saved[index], d_weight)
            ratio = param.spatial_sigma / param.range_sigma
            d_edges += self.slope(index) * ratio * d_weight * weight
        if propagate_down[1]:
            bottom[1].diff[:, 0] = d_edges

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 2
