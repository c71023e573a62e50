"""For layers behind which nothing is learned."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer


class NoGradient(Layer):
    """Says that its bottoms are data, which have no gradient.

    Caffe: AllowBackward in layer.hpp of FlowNet2.
    """

    backward_reads_bottom = False
    backward_reads_top = False

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down):
            raise self.error(
                f"{self.type} cannot do backward.",
                fix="write `propagate_down: false` in this layer",
            )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
