"""CensorLabel: keeps the labels that an image is known to have."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._labels import LabelLayer


@register_layer("CensorLabel")
class CensorLabel(LabelLayer):
    """Labels of places, with `ignore_label` for those that the image is not to have.

    bottom[0]  labels: (N, 1, H, W)
    bottom[1]  allowed: (N, L, 1, 1)  those of each image; -1 is none
    top[0]     (N, 1, H, W)

    Proto: CensorLabelParameter.  Caffe: censor_label_layer.cpp of DeepLab v1.
    """

    formula = "y = label where the image has it, ignore_label elsewhere."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, allowed = bottom[0].shape, bottom[1].shape
        self.check_shape(shape, "labels (N, 1, H, W)", fits=shape[1:2] == (1,))
        fits = allowed[:1] == shape[:1] and allowed[2:] == (1, 1)
        self.check_shape(allowed, f"({shape[0]}, L, 1, 1)", fits=fits)
        top[0].reshape(shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        other = self.layer_param_.censor_label_param.ignore_label
        for labels, allowed, result in zip(
            bottom[0].data, bottom[1].data, top[0].data, strict=True
        ):
            is_kept = np.isin(labels, allowed[allowed != -1])
            result[...] = np.where(is_kept, labels, other)
