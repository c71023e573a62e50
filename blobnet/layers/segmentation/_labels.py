"""What layers have in common that make labels, which have no gradient."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array, Shape


class LabelLayer(Layer):
    """A layer without a gradient, which works on (N, C, H, W)."""

    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def check_shape(self, shape: Shape, expected: str, *, fits: bool) -> None:
        """Raise LayerError where a bottom's shape has not four axes, or does not fit."""
        if len(shape) != 4 or not fits:
            raise self.error("a bottom does not fit", expected=expected, got=f"shape {shape}")

    def refuse_label(self, labels: Array, wrong: Array, allowed: str) -> None:
        """Raise LayerError where a label is wrong."""
        if wrong.any():
            raise self.error(
                "Unexpected label", expected=allowed, got=f"{labels[wrong].reshape(-1)[0]:g}"
            )
