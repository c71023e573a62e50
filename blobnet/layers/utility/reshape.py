"""Reshape: the same values in another shape."""

from __future__ import annotations

import math
from collections.abc import Sequence

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.utility._pixel_shuffle import shuffle, shuffled_shape, unshuffle


@register_layer("Reshape")
class Reshape(Layer):
    """The same values in the order in which they are, with new axes in place of some.

    bottom[0]  x: any shape
    top[0]     y: x.shape[:axis] + shape + x.shape[axis + num_axes:]

    In `shape`, 0 copies the length of the bottom's axis that stands at the same place, and -1,
    at most once, is what makes the number of values come out right. A negative `axis` counts
    from behind the last axis, which is -1; `num_axes` -1 stands for all axes that follow.

    The top uses the bottom's memory, values and gradient: nothing is copied. In a net the two may
    have one name, as in cbfinn/caffe, unless it is an input's: netdef/upgrade_reshape.py.

    Intel's `pixelshuffler` r, other than 1, means something else: of each r * r channels of an
    image it makes one that is r times as high and wide, (N, C, H r, W r), and nothing else of
    the message is read.

    Proto: ReshapeParameter.  Caffe: reshape_layer.cpp, also that of intel/caffe.  Paper: Shi et
    al., CVPR 2016.
    """

    formula = "y = x, with other axes"
    gradient_formula = "dx = dy, which are the same memory."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._r = self.layer_param_.reshape_param.pixelshuffler
        dims = self._dims = list(self.layer_param_.reshape_param.shape.dim)
        if dims.count(-1) > 1:
            raise self.error(
                "new shape contains multiple -1 dims; at most a single (1) value of -1 may be "
                "specified",
                got=f"dims {dims}",
            )
        if any(dim < -1 for dim in dims):
            raise self.error(
                "a dim of the new shape is negative",
                expected="a length, 0 to copy one, or -1 to work one out",
                got=f"dims {dims}",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0]
        if self._r != 1:
            top[0].reshape(shuffled_shape(self, x.shape, self._r))
            return
        start, end = self._replaced_axes(x)
        before, behind = x.shape[:start], x.shape[end:]
        dims = self._with_copies(x, start)
        if -1 in dims:
            dims[dims.index(-1)] = self._inferred(x, [*before, *dims, *behind])
        shape = (*before, *dims, *behind)
        if math.prod(shape) != x.count:
            raise self.error(
                "output count must match input count",
                expected=f"{int(x.count)} values, as the bottom of shape {x.shape} has",
                got=f"{math.prod(shape)} in shape {shape}",
                fix="write -1 for the length that is to follow from the others",
            )
        top[0].reshape(shape)
        top[0].share_data(x)
        top[0].share_diff(x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Mostly nothing: the top is the bottom in another shape."""
        if self._r != 1:
            shuffle(bottom[0].data, self._r, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Mostly nothing: the top's diff is the bottom's."""
        if self._r != 1 and propagate_down[0]:
            unshuffle(top[0].diff, self._r, out=bottom[0].diff)

    # --- helpers ------------------------------------------------------------------------------

    def _replaced_axes(self, x: Blob) -> tuple[int, int]:
        """The axes that the new ones replace: from the first, up to but without the second."""
        param = self.layer_param_.reshape_param
        start = param.axis if param.axis >= 0 else x.num_axes + param.axis + 1
        if not 0 <= start <= x.num_axes:
            raise self.error(
                f"axis {param.axis} out of range for {x.num_axes}-D input blob",
                expected=f"an axis from {-x.num_axes - 1} to {x.num_axes}",
                got=f"axis: {param.axis} for a bottom of shape {x.shape}",
            )
        if param.num_axes < -1:
            raise self.error("num_axes must be >= 0, or -1 for all", got=param.num_axes)
        end = x.num_axes if param.num_axes == -1 else start + param.num_axes
        if end > x.num_axes:
            raise self.error(
                "end_axis = axis + num_axes is out of range",
                expected=f"at most {x.num_axes}, for a bottom of shape {x.shape}",
                got=f"axis: {param.axis}, num_axes: {param.num_axes}",
            )
        return start, end

    def _with_copies(self, x: Blob, start: int) -> list[int]:
        """The new dims, with the bottom's lengths where they are 0."""
        dims = list(self._dims)
        for place, dim in enumerate(dims):
            if dim:
                continue
            if start + place >= x.num_axes:
                raise self.error(
                    "new shape contains a 0, but there was no corresponding bottom axis to copy",
                    got=f"dim {place} of {self._dims}, from axis {start} on, for a bottom of "
                    f"shape {x.shape}",
                )
            dims[place] = x.shape[start + place]
        return dims

    def _inferred(self, x: Blob, shape: list[int]) -> int:
        """What must stand for the -1 in the new shape."""
        kept = [dim for dim in shape if dim != -1]
        count, others = int(x.count), math.prod(kept)
        if not others:  # an axis of length 0 stays: the lengths of the others must come out right
            count, others = math.prod(filter(None, x.shape)), math.prod(filter(None, kept))
        if count % others:
            raise self.error(
                f"bottom count ({count}) must be divisible by the product of the specified "
                f"dimensions ({others})",
                got=f"dims {self._dims} for a bottom of shape {x.shape}",
            )
        return count // others
