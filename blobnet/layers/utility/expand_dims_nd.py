"""ExpandDimsND: the same values with more axes of length 1."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.layer_register import register_layer
from blobnet.layers.utility._same_memory import SameMemory
from blobnet.types import Shape


@register_layer("ExpandDimsND")
class ExpandDimsND(SameMemory):
    """An axis of length 1 in front of each of the bottom's axes that `axis` lists.

    bottom[0]  x: any shape, (N, C) for example
    top[0]     y: (N, 1, C) for `axis: 1`, (N, C, 1) for `axis: 2` and for `axis: -1`

    Axes are counted in x. Several are put in from the first of the list on, each behind as many
    more as have been put in before it: so the list must rise. The top uses the bottom's memory,
    values and gradient: nothing is copied.

    Proto: ExpandDimsNDParameter.  Caffe: expand_dims_nd_layer.cpp of Synopsys.
    """

    formula = "y = x, in more axes"

    def new_shape(self, x: Blob) -> Shape:
        stated = self.layer_param_.expand_dims_nd_param.axis
        axes = [self._place(axis, x.num_axes) for axis in stated]
        if axes != sorted(axes):
            raise self.error("the axes must rise", got=list(stated))
        shape = list(x.shape)
        for done, axis in enumerate(axes):
            shape.insert(axis + done, 1)
        return tuple(shape)

    def _place(self, axis: int, count: int) -> int:
        """In front of which axis, counted from the first one; -1 is behind the last."""
        if not -count <= axis <= count:
            expected = f"{-count} to {count}"
            raise self.error("there is no such place for an axis", expected=expected, got=axis)
        return axis if axis >= 0 else axis + count + 1
