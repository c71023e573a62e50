"""An output layer with a rule of its own: how to change what blobnet does in a few lines.

The class gets everything from InnerProduct (the weights, their fillers, the shapes, the checks)
and overrides the two methods that compute. Importing this file makes its `type` known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import blobnet
from blobnet.blob import Blobs


@blobnet.register_layer("PlainErrorOutput")
class PlainErrorOutput(blobnet.layers.InnerProduct):
    """Outputs that hand their plain error back to the hidden units.

    bottom[0]  h: (N, K)  hidden units
    top[0]     o: (N, M)  outputs
    blobs_[0]  W: (M, K)

    Proto: InnerProductParameter, with bias_term: false.  Caffe: none.
    """

    formula = "Outputs o = sigmoid(W h) that hand their plain error back to the hidden units."
    gradient_formula = (
        "dW += (do * o * (1 - o)).T @ h, as it should be; but dh = do @ W, where the true one is "
        "(do * o * (1 - o)) @ W. With a EuclideanLoss above, do = o - target: the plain error."
    )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        super().forward_cpu(bottom, top)
        o = top[0].data
        o[...] = 1 / (1 + np.exp(-o))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        h, o, do, W = bottom[0].data, top[0].data, top[0].diff, self.blobs_[0]
        W.diff += (do * o * (1 - o)).T @ h
        if propagate_down[0]:
            bottom[0].diff[...] = do @ W.data  # W has not learned yet: that comes after all layers
