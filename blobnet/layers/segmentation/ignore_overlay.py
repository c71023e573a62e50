"""IgnoreOverlay: what is ignored in one label map is ignored in another."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._labels import LabelLayer


@register_layer("IgnoreOverlay")
class IgnoreOverlay(LabelLayer):
    """Labels, with `ignore_label` where another map has it.

    bottom[0]  overlay: (N, C, H, W)
    bottom[1]  labels: the same shape
    top[0]     the same shape

    Proto: IgnoreOverlayParameter.  Caffe: ignore_overlay_layer.cpp of DeepLab v1.
    """

    formula = "y = ignore_label where the overlay is, label elsewhere."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        self.check_shape(shape, "(N, C, H, W)", fits=True)
        self.check_shape(bottom[1].shape, f"shape {shape}", fits=bottom[1].shape == shape)
        top[0].reshape(shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        label = self.layer_param_.ignore_overlay_param.ignore_label
        is_ignored = np.trunc(bottom[0].data) == label
        top[0].data[...] = np.where(is_ignored, label, bottom[1].data)
