"""EltwiseAccuracy: how many pixels have their class among the best."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("EltwiseAccuracy")
class EltwiseAccuracy(Layer):
    """The share of the pixels whose label is among their `top_k` highest scores.

    bottom[0]  scores: (N, C, H, W)
    bottom[1]  labels: (N, 1, H, W)
    top[0]     accuracy: (1, 1, 1, 1)   0 where no pixel counts

    Of equal scores that of the higher class comes first. Pixels of the `ignore_label` do not count.

    Proto: EltwiseAccuracyParameter.  Caffe: eltwise_accuracy_layer.cpp of DeconvNet
    (HyeonwooNoh/caffe).
    """

    formula = "Pixels whose label is among the best classes / pixels that count."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = self.layer_param_.eltwise_accuracy_param

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, labels = bottom[0].shape, bottom[1].shape
        if len(x) != 4 or labels != (x[0], 1, *x[2:]):
            raise self.error(
                "there must be a label for each pixel",
                expected="shapes (N, C, H, W) and (N, 1, H, W)",
                got=f"bottom[0] of shape {x}, bottom[1] of {labels}",
            )
        if not 1 <= self._param.top_k <= x[1]:
            raise self.error(
                "top_k must be less than or equal to the number of classes.",
                expected=f"1 to {x[1]}",
                got=self._param.top_k,
            )
        top[0].reshape((1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        scores, labels = bottom[0].data, np.trunc(bottom[1].data)
        counts = np.ones(labels.shape, np.bool_)
        if self._param.HasField("ignore_label"):
            counts = labels != self._param.ignore_label
        is_class = (labels >= 0) & (labels < scores.shape[1])
        place = np.where(is_class, labels, 0).astype(np.intp)
        own = np.take_along_axis(scores, place, axis=1)
        classes = np.arange(scores.shape[1])[:, None, None]
        better = (scores > own) | ((scores == own) & (classes > place))
        is_right = (better.sum(axis=1, keepdims=True) < self._param.top_k) & is_class & counts
        top[0].data[...] = is_right.sum() / max(int(counts.sum()), 1)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
