"""SegmentationEvaluate: how well masks agree."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.images.resize import resize_linear
from blobnet.types import Array


@register_layer("SegmentationEvaluate")
class SegmentationEvaluate(Layer):
    """The IoU of each class's mask with the true one, of the first image of a batch.

    bottom[0]  masks: (N, C, H, W)  from 0 to 1
    bottom[1]  true masks: (N, C, H', W')
    top[0]     (1, 1, 1, C)

    A pixel belongs to a mask where it is above `threshold`. If the sizes differ, masks become
    bytes, 255 for 1, and are resized by linear interpolation; there a class that neither has
    anything in the true mask nor agrees with it anywhere is -1. Else what does not agree anywhere
    is 0. `num_classes` must be written, and does nothing.

    Proto: SegmentationEvaluateParameter.  Caffe: segmentation_evaluate_layer.cpp of MobileNet-YOLO
    (eric612/MobileNet-YOLO).
    """

    formula = "Of each class, the pixels in both masks by those in either."
    gradient_formula = "none."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = self.layer_param_.segmentation_evaluate_param
        if not self._param.HasField("num_classes"):
            raise self.error("Must provide num_classes.")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        masks, true = bottom[0].shape, bottom[1].shape
        if len(masks) != 4 or len(true) != 4 or masks[:2] != true[:2]:
            raise self.error(
                "bottoms are masks of all classes",
                expected="shapes (N, C, H, W) and (N, C, H', W')",
                got=f"{masks} and {true}",
            )
        if not all((*masks[2:], *true[2:])):
            raise self.error("a mask has no pixels", got=f"{masks} and {true}")
        top[0].reshape(1, 1, 1, true[1])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if not len(bottom[0].data):
            top[0].data.fill(0)
            return
        masks, true = bottom[0].data[0], bottom[1].data[0]
        threshold, nothing = self._param.threshold, 0
        is_true = true > threshold
        if masks.shape != true.shape:
            masks = resize_linear(_as_bytes(masks), *true.shape[1:])
            threshold, nothing = int(np.float32(threshold) * 255), -1
        is_found = masks > threshold
        both = (is_found & is_true).sum(axis=(1, 2))
        either = (is_found | is_true).sum(axis=(1, 2))
        missing = np.where(is_true.any(axis=(1, 2)), 0, nothing)
        top[0].data[0, 0, 0] = np.where(both > 0, both / np.maximum(either, 1), missing)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False


def _as_bytes(masks: Array) -> Array:
    """Cut off, and what is no byte by its last 8 bits, as compilers do it."""
    values = np.trunc(masks * masks.dtype.type(255))
    values = np.where(np.abs(values) < 2**31, values, 0)
    return values.astype(np.int64).astype(np.uint8)
