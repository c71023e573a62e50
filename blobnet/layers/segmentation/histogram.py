"""Histogram: how often each label occurs in an image."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._labels import LabelLayer


@register_layer("Histogram")
class Histogram(LabelLayer):
    """Counts of labels.

    bottom[0]  labels: (N, 1, H, W)  whole numbers below `num_labels`, or one of `ignore_label`
    top[0]     (N, `num_labels`, 1, 1)  of each image (DeepLab v1 adds all up in the first)

    Proto: HistogramParameter.  Caffe: histogram_layer.cpp of DeepLab v1.
    """

    formula = "y[label] = the number of places that have it."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._num_labels = self.layer_param_.histogram_param.num_labels
        if self._num_labels < 1:
            raise self.error("num_labels needs to be positive", got=self._num_labels)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        self.check_shape(shape, "labels (N, 1, H, W)", fits=shape[1:2] == (1,))
        top[0].reshape((shape[0], self._num_labels, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels = bottom[0].data
        counted = ~np.isin(labels, self.layer_param_.histogram_param.ignore_label)
        is_label = (labels >= 0) & (labels < self._num_labels) & (labels == np.trunc(labels))
        allowed = f"a whole number from 0 to {self._num_labels - 1}, or an ignore_label"
        self.refuse_label(labels, counted & ~is_label, allowed)
        for its, is_counted, result in zip(labels, counted, top[0].data, strict=True):
            counts = np.bincount(its[is_counted].astype(np.intp), minlength=self._num_labels)
            result[:, 0, 0] = counts
