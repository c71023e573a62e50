"""Squeeze: the same values without axes of length 1."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.layer_register import register_layer
from blobnet.layers.utility._same_memory import SameMemory
from blobnet.types import Shape


@register_layer("Squeeze")
class Squeeze(SameMemory):
    """The same values without the axes `axis`, each of length 1; without all such, where none is.

    bottom[0]  x: any shape, (N, C, 1, 1) for example
    top[0]     y: (N, C)

    The top uses the bottom's memory, values and gradient: nothing is copied.

    Proto: SqueezeParameter.  Caffe: squeeze_layer.cpp of Synopsys.
    """

    formula = "y = x, in fewer axes"

    def new_shape(self, x: Blob) -> Shape:
        shape = x.shape
        stated = [x.canonical_axis(axis) for axis in self.layer_param_.squeeze_param.axis]
        kept = [axis for axis in stated if shape[axis] != 1]
        if kept:
            raise self.error(
                "Can't remove axis that is not shape 1!",
                expected="axes of length 1",
                got=f"axis {kept[0]} of shape {shape}",
            )
        removed = stated or [axis for axis, length in enumerate(shape) if length == 1]
        return tuple(n for axis, n in enumerate(shape) if axis not in removed)
