"""Reverse: the order of an axis turned round, as for the second half of a bidirectional net."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Reverse")
class Reverse(Layer):
    """The bottom from back to front along one axis.

    bottom[0]  x: any shape
    top[0]     y: as x

    The axis is `axis`, 0 unless stated.

    Proto: ReverseParameter.  Caffe: reverse_layer.cpp of ChWick/caffe (branch ctc).
    """

    formula = "y[i] = x[length - 1 - i] along `axis`."
    gradient_formula = "dx[i] = dy[length - 1 - i] along `axis`."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        axis = self.layer_param_.reverse_param.axis
        if not 0 <= axis < bottom[0].num_axes:
            raise self.error(
                "Axis must be less than the number of axis for reversing",
                expected=f"a number from 0 to {bottom[0].num_axes - 1}",
                got=axis,
            )
        self._order = (slice(None),) * axis + (slice(None, None, -1),)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes < len(self._order):
            raise self.error("the bottom has lost the axis", got=f"shape {bottom[0].shape}")
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = bottom[0].data[self._order]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff[self._order]
