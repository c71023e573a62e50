"""FCNAccuracy: whether the highest score of some images is of the middle one, and on its object."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("FCNAccuracy")
class FCNAccuracy(Layer):
    """The share of groups of images whose highest score is where it should be.

    bottom[0]  scores: (N, C, H, W)
    bottom[1]  labels: (N, C, H, W)   above 0 where a score may be the highest
    bottom[2]  weights: (N, C, H, W)  not read (optional)
    top[0]     accuracy: ()           0 where there is no group

    `top_k` images in succession are a group, say scales of one picture; what is left over at the
    end is none. It is right if the first of its highest scores is of its middle image, number
    (top_k - 1) / 2, and lies on a label above 0: in the labels of the batch's first group, which
    the fork looks at whatever group it is.

    Proto: AccuracyParameter.  Caffe: fcn_accuracy_layer.cpp of happynear/caffe-windows.
    """

    formula = "The share of groups of `top_k` images whose highest score is of the middle one."
    gradient_formula = "none; asking for one is an error."

    min_bottom_blobs = 2
    max_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        for index in range(1, len(bottom)):
            if bottom[index].shape != bottom[0].shape:
                raise self.error(
                    "Number of labels and of weights must match number of scores.",
                    expected=f"bottom[{index}] of shape {bottom[0].shape}",
                    got=f"shape {bottom[index].shape}",
                )
        if not bottom[0].num_axes:
            raise self.error("there are no images", got="a scalar")
        self._group = self.layer_param_.accuracy_param.top_k
        if self._group < 1:
            raise self.error("top_k must be at least 1", got=self._group)
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        scores, labels = bottom[0].data, bottom[1].data
        groups = len(scores) // self._group
        if not groups or not scores.size:
            top[0].data[...] = 0
            return
        grouped = scores[: groups * self._group].reshape(groups, -1)
        best = np.where(np.isnan(grouped), -np.inf, grouped).argmax(axis=1)
        image = best // (grouped.shape[1] // self._group)
        right = (image == (self._group - 1) // 2) & (labels.reshape(-1)[best] > 0)
        top[0].data[...] = np.count_nonzero(right) / groups

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
