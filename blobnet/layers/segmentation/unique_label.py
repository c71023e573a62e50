"""UniqueLabel: which labels an image has."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("UniqueLabel")
class UniqueLabel(Layer):
    """The values that occur in each label map, in rising order.

    bottom[0]  labels: (N, 1, H, W)
    top[0]     (N, `max_labels`, 1, 1)  each value once; -1 behind the last

    Values in `ignore_label` are left out; those in `force_label` are there in any case.

    Proto: UniqueLabelParameter.  Caffe: unique_label_layer.cpp of PSPNet.
    """

    formula = "The values that occur in an image, each once."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.unique_label_param
        self._forced = np.unique(np.array(param.force_label, self.dtype))
        self._ignored = np.array(param.ignore_label, self.dtype)
        if param.max_labels <= len(self._forced):
            raise self.error(
                "At least one label more than the forced ones needs to fit",
                expected=f"max_labels of {len(self._forced) + 1} or more",
                got=param.max_labels,
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[1] != 1:
            raise self.error(
                "Input must have one channel", expected="(N, 1, H, W)", got=f"shape {shape}"
            )
        top[0].reshape((shape[0], self.layer_param_.unique_label_param.max_labels, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        found = top[0].data
        found.fill(-1)
        for image, labels in enumerate(bottom[0].data):
            present = np.union1d(np.setdiff1d(labels, self._ignored), self._forced)
            if len(present) > found.shape[1]:
                raise self.error(
                    "Too many unique elements, increase capacity of UniqueLabelLayer",
                    expected=f"at most max_labels: {found.shape[1]}",
                    got=f"{len(present)} in image {image}",
                )
            found[image, : len(present), 0, 0] = present

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
