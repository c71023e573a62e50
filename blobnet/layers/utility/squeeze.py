"""Squeeze: the same values without axes of length 1."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Squeeze")
class Squeeze(Layer):
    """The same values without the axes `axis`, each of length 1; without all such, where none is.

    bottom[0]  x: any shape, (N, C, 1, 1) for example
    top[0]     y: (N, C)

    The top uses the bottom's memory, values and gradient: nothing is copied.

    Proto: SqueezeParameter.  Caffe: squeeze_layer.cpp of Synopsys.
    """

    formula = "y = x, in fewer axes"
    gradient_formula = "dx = dy, which are the same memory."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        shape = bottom[0].shape
        stated = [bottom[0].canonical_axis(axis) for axis in self.layer_param_.squeeze_param.axis]
        kept = [axis for axis in stated if shape[axis] != 1]
        if kept:
            raise self.error(
                "Can't remove axis that is not shape 1!",
                expected="axes of length 1",
                got=f"axis {kept[0]} of shape {shape}",
            )
        removed = stated or [axis for axis, length in enumerate(shape) if length == 1]
        top[0].reshape(tuple(n for axis, n in enumerate(shape) if axis not in removed))
        top[0].share_data(bottom[0])
        top[0].share_diff(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the top is the bottom in another shape."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: the top's diff is the bottom's."""
