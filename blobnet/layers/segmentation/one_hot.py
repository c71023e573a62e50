"""OneHot: a channel for each label, 1 where a place has it."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._labels import LabelLayer


@register_layer("OneHot")
class OneHot(LabelLayer):
    """Lists of labels as vectors of 0 and 1.

    bottom[0]  labels: (N, L, H, W)  whole numbers below `num_labels`, or -1 for none; L is
               `num_labels` or more
    top[0]     (N, `num_labels`, H, W)

    Proto: OneHotParameter.  Caffe: onehot_layer.cpp of DeepLab v1.
    """

    formula = "y[c] = 1 if c is one of the labels of that place, else 0."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._num_labels = self.layer_param_.onehot_param.num_labels
        if self._num_labels < 1:
            raise self.error("num_labels must be at least 1", got=self._num_labels)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        expected = f"num_labels, {self._num_labels}, channels or more"
        self.check_shape(shape, expected, fits=len(shape) > 1 and shape[1] >= self._num_labels)
        top[0].reshape((shape[0], self._num_labels, *shape[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels, y = np.trunc(bottom[0].data), top[0].data
        is_label = (labels >= -1) & (labels < self._num_labels)
        self.refuse_label(labels, ~is_label, f"-1 to {self._num_labels - 1}")
        y.fill(0)
        image, _, row, column = np.nonzero(labels != -1)
        y[image, labels[labels != -1].astype(np.intp), row, column] = 1
