"""What YOLO's losses share: they write down how far each output is off, and go back by that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


class DeltaLoss(Loss):
    """A loss that keeps a `delta` for each output.

    What backward gives is the delta, whatever number forward prints: that is a sum of squares,
    and not the function whose slope the delta would be.

    Caffe: region_loss_layer.cpp of YOLO v2.
    """

    gradient_formula = "dx = delta * dloss / N: not the slope of the loss that is printed."

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._delta = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._delta.reshape_like(bottom[0])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            scale = float(top[0].diff[()]) / max(bottom[0].shape[0], 1)
            np.multiply(self.delta_of_outputs(), scale, out=bottom[0].diff)

    def delta_of_outputs(self) -> Array:
        """What backward multiplies, in the shape of bottom[0]."""
        return self._delta.data

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0
