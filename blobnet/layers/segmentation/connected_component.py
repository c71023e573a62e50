"""ConnectedComponent: a number for each connected area of a label map."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.segmentation.components import connected_components


@register_layer("ConnectedComponent")
class ConnectedComponent(Layer):
    """Areas of one label that hang together, side by side, each with a number of its own.

    bottom[0]  labels: (N, C, H, W)  whole numbers; 0 is background
    top[0]     the same shape: 0 for background, else the area's number. In each map they count
               from its largest label + 1, in the order of the areas' first pixels

    (The OpenCL branch keeps labels in a byte each: 256 and 0 are one there.)

    Proto: none.  Caffe: connected_component_layer.cpp of the OpenCL branch.
    """

    formula = "The number of the area that a pixel is in."
    gradient_formula = "none: 0."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if bottom[0].num_axes != 4:
            raise self.error(
                "labels should be maps", expected="(N, C, H, W)", got=f"shape {bottom[0].shape}"
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        size = bottom[0].shape[2:]
        maps, found = bottom[0].data.reshape(-1, *size), top[0].data.reshape(-1, *size)
        for labels, numbers in zip(maps, found, strict=True):
            whole = np.trunc(labels)
            components = connected_components(whole)
            largest = max(float(np.max(whole, initial=0)), 0.0)
            numbers[...] = np.where(components, components + largest, 0)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
