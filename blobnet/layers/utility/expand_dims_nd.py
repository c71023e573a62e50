"""ExpandDimsND: the same values with more axes of length 1."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("ExpandDimsND")
class ExpandDimsND(Layer):
    """An axis of length 1 in front of each of the bottom's axes that `axis` lists.

    bottom[0]  x: any shape, (N, C) for example
    top[0]     y: (N, 1, C) for `axis: 1`, (N, C, 1) for `axis: 2` and for `axis: -1`

    Axes are counted in x. Several are put in from the first of the list on, each behind as many
    more as have been put in before it: so the list must rise. The top uses the bottom's memory,
    values and gradient: nothing is copied.

    Proto: ExpandDimsNDParameter.  Caffe: expand_dims_nd_layer.cpp of Synopsys.
    """

    formula = "y = x, in more axes"
    gradient_formula = "dx = dy, which are the same memory."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        x, stated = bottom[0], self.layer_param_.expand_dims_nd_param.axis
        axes = [self._place(axis, x.num_axes) for axis in stated]
        if axes != sorted(axes):
            raise self.error("the axes must rise", got=list(stated))
        shape = list(x.shape)
        for done, axis in enumerate(axes):
            shape.insert(axis + done, 1)
        top[0].reshape(tuple(shape))
        top[0].share_data(x)
        top[0].share_diff(x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the top is the bottom in another shape."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: the top's diff is the bottom's."""

    def _place(self, axis: int, count: int) -> int:
        """In front of which axis, counted from the first one; -1 is behind the last."""
        if not -count <= axis <= count:
            expected = f"{-count} to {count}"
            raise self.error("there is no such place for an axis", expected=expected, got=axis)
        return axis if axis >= 0 else axis + count + 1
