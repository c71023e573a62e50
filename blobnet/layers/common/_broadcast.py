"""What layers share that bring a small blob to bear on a large one, from some axis on."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.errors import LayerError
from blobnet.layer import Layer
from blobnet.types import Shape


class Broadcast(Layer):
    """A large bottom[0], and a small operand: a second bottom, or a weight that is learned.

    The operand's axes are those of bottom[0] from `axis` on; along the others it is repeated.
    The arithmetic is in `ops/broadcast.py`.
    """

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1

    def learned_shape(self, x: Blob, axis: int, num_axes: int, operand: str) -> Shape:
        """The shape of a learned operand: `num_axes` axes of x from `axis` on, -1 for all."""
        if num_axes < -1:
            raise self.error(
                "num_axes must be non-negative, or -1 to extend to the end of bottom[0]",
                got=num_axes,
            )
        start = x.canonical_axis(axis)
        end = x.num_axes if num_axes == -1 else start + num_axes
        if end > x.num_axes:
            raise self._extends_past(x, start, f"num_axes: {num_axes}", operand)
        return x.shape[start:end]

    def fitting_axis(self, x: Blob, shape: Shape, axis: int, operand: str) -> int:
        """`axis` from the front, for an operand of this shape. Raises LayerError: no fit."""
        if not shape:
            return 0  # one number: the axis does not matter
        start = x.canonical_axis(axis)
        if start + len(shape) > x.num_axes:
            raise self._extends_past(x, start, f"shape {shape}", operand)
        there = x.shape[start : start + len(shape)]
        if there != shape:
            raise self.error(
                f"dimension mismatch between bottom[0] and the {operand} blob",
                expected=f"shape {there}, as bottom[0] of shape {x.shape} has it from axis "
                f"{start} on",
                got=f"{operand} blob of shape {shape}",
            )
        return start

    def _extends_past(self, x: Blob, start: int, got: str, operand: str) -> LayerError:
        return self.error(
            f"{operand} blob's shape extends past bottom[0]'s shape when applied starting with "
            f"bottom[0] axis = {start}",
            expected=f"at most {x.num_axes - start} axes, for bottom[0] of shape {x.shape}",
            got=got,
        )
