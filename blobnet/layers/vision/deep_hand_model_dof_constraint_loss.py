"""DeepHandModelDofConstraintLoss: what it costs to bend a hand further than hands bend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.layers.vision._hand import FREEDOMS, read_freedoms, read_numbers


@register_layer("DeepHandModelDofConstraintLoss")
class DeepHandModelDofConstraintLoss(Loss):
    """Squares of how far the freedoms of a hand are beyond their limits.

    bottom[0]  freedoms: (N, 47)
    top[0]     loss: ()

    The layer reads three text files where the program runs, as the fork does:
    configuration/DofConstraintLow.txt and DofConstraintUp.txt have 47 limits each,
    DofConstraintId.txt a number and so many freedoms that do not count.

    Proto: none.  Caffe: deep_hand_model_dof_constraint_loss.cpp of xingyizhou/DeepModel.
    Paper: Zhou et al., "Model-based Deep Hand Pose Estimation", IJCAI 2016.
    """

    formula = "sum of max(x - up, 0)^2 + max(low - x, 0)^2, divided by N."
    gradient_formula = "dx = 2 (x - the limit that is passed) * dloss / N; 0 within the limits."

    exact_num_bottom_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        low, up = (read_numbers(self, f"DofConstraint{end}", FREEDOMS) for end in ("Low", "Up"))
        counts = np.ones(FREEDOMS, self.dtype)
        counts[sorted(read_freedoms(self, "DofConstraintId"))] = 0
        self._low, self._up = (np.array(limit, np.float32) for limit in (low, up))
        self._counts = counts
        self._beyond = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes < 1 or bottom[0].count(1) != FREEDOMS:
            raise self.error(
                "the bottom does not have the freedoms of a hand",
                expected=f"{FREEDOMS} values for each item",
                got=f"shape {bottom[0].shape}",
            )
        self._beyond.reshape((bottom[0].shape[0], FREEDOMS))
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, beyond = bottom[0].data.reshape(self._beyond.shape), self._beyond.data
        np.subtract(x, np.where(x > self._up, self._up, self._low), out=beyond)
        beyond[(x <= self._up) & (x >= self._low)] = 0
        beyond *= self._counts
        top[0].data[...] = np.square(beyond).sum() / max(len(x), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            factor = 2 * float(top[0].diff[()]) / max(len(self._beyond.data), 1)
            np.multiply(self._beyond.data, factor, out=bottom[0].diff.reshape(self._beyond.shape))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True
