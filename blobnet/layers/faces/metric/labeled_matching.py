"""LabeledMatching: products with a remembered feature of every known person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import check_count
from blobnet.layers.faces.metric._memory import MatchingMemory


@register_layer("LabeledMatching")
class LabeledMatching(MatchingMemory, Layer):
    """How much items are like each of N = `num_classes` known people.

    bottom[0]  x: (M, ...)      D values for each item
    bottom[1]  labels: (M,)     any shape of that count
    top[0]     y: (M, N)
    top[1]     labels: as bottom[1]   those that are no class are -1
    blobs_[0]  w: (N, D)        a feature of each class, 0 at the beginning
    blobs_[1]  ages: (N,)       backwards since a class was last seen

    No gradient changes the features. Each backward, item by item, makes the feature of an item's
    class `momentum` w + (1 - momentum) x, unless both blobs are fixed (lr_mult: 0).

    Proto: LabeledMatchingParameter.  Caffe: labeled_matching_layer.cpp of OIM (Cysu/caffe).
    Paper: Xiao et al., "Joint Detection and Identification Feature Learning for Person Search",
    CVPR 2017.
    """

    formula = "y = x @ w.T"
    gradient_formula = "dx = dy @ w, with w as it was; then w[label] moves towards x."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 2
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.labeled_matching_param
        if param.num_classes < 1:
            raise self.error("num_classes must be at least 1", got=param.num_classes)
        self._momentum = param.momentum
        self.make_memory(bottom[0], param.num_classes)
        self.init_blob(1, (param.num_classes,))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.reshape_products(bottom, top)
        check_count(self, bottom[1], bottom[0].shape[0])
        top[1].reshape_like(bottom[1])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self.multiply(bottom, top)
        labels = bottom[1].data
        whole = np.trunc(labels)
        is_class = (whole >= 0) & (whole < len(self.blobs_[0].data))
        top[1].data[...] = np.where(is_class, labels, -1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.gradient_of_products(top, propagate_down, bottom)
        is_fixed, are_ages_fixed = (not wanted for wanted in self.param_propagate_down_)
        if is_fixed != are_ages_fixed:
            raise self.error(
                "Instance matrix and timestamp vector should be both updated or not",
                fix="write the same lr_mult in both `param`",
            )
        if is_fixed:
            return
        x, (w, ages) = self.rows(bottom[0].data), (blob.data for blob in self.blobs_)
        ages += 1
        for item, label in zip(x, np.trunc(bottom[1].data.reshape(-1)), strict=True):
            if 0 <= label < len(w):
                w[int(label)] = self._momentum * w[int(label)] + (1 - self._momentum) * item
                ages[int(label)] = 0
