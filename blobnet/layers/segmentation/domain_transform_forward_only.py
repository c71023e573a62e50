"""DomainTransformForwardOnly: smooths within edges, and learns nothing from it."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._domain_transform import EdgeSmoothing


@register_layer("DomainTransformForwardOnly")
class DomainTransformForwardOnly(EdgeSmoothing):
    """DomainTransform for tests: it keeps nothing for a gradient.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  edges: (N, 1, H, W)
    bottom[2]  sizes: (N, 2, 1, 1)  height and width of what is seen of each image
    top[0]     y: (N, C, H, W)

    May work in place.
    Proto: DomainTransformParameter.  Caffe: domain_transform_forward_only_layer.cpp of PSPNet.
    """

    formula = "y[i] += w[i] * (y[i - 1] - y[i]) along rows and columns, both ways, num_iter times."
    gradient_formula = "none; asking for one is an error."

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self.filter(bottom, top, None)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
