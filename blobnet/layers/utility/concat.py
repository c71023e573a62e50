"""Concat: puts blobs one behind the other, along one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.copying import concatenate
from blobnet.types import Array, Shape


@register_layer("Concat")
class Concat(Layer):
    """Concatenation along `axis` (1 unless stated; `concat_dim` is its old name).

    bottom[i]  x_i: the same shape, but for the length of `axis`
    top[0]     y: that shape, `axis` as long as all bottoms' together

    A bottom may have one axis of length 1 more before its last (of bottom-up attention, whose Embed
    gives a row for each item of (N, 1)): (N, 1, C) beside (N, D) counts as (N, C).

    A single bottom lends the top its memory: nothing is copied, and it may work in place.

    With `per_fla_fuse` (Intel, in SSD's nets of 8-bit numbers) and axis 1, each bottom is as after
    SSD's Permute { order: [0, 2, 3, 1] } and Flatten: (N, C, H, W) of any C, H, W count C H W
    values, the channels of a place side by side. The top is (N, sum of them, 1, 1).

    Proto: ConcatParameter.  Caffe: concat_layer.cpp; mkldnn_concat_layer.cpp of intel/caffe.
    """

    formula = "y = x_0, x_1, ... one behind the other"
    gradient_formula = "dx_i = the part of dy where x_i lies in y."

    min_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.concat_param
        if param.HasField("axis") and param.HasField("concat_dim"):
            raise self.error(
                "Either axis or concat_dim should be specified; not both.",
                got=f"axis: {param.axis} and concat_dim: {param.concat_dim}",
                fix="keep `axis`",
            )
        self._is_fused = param.per_fla_fuse
        self.can_be_recorded = not self._is_fused
        if len(bottom) > 1:
            refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axis = self._axis = self._concat_axis(bottom[0])
        self._is_flat = self._is_fused and axis == 1
        if self._is_flat:
            self._reshape_flat(bottom, top)
            return
        shape, self._shapes = list(bottom[0].shape), [bottom[0].shape]
        for index, blob in enumerate(bottom[1:], start=1):
            its = _without_one(blob.shape, bottom[0].num_axes)
            if its[:axis] != bottom[0].shape[:axis] or (
                its[axis + 1 :] != bottom[0].shape[axis + 1 :] or len(its) != bottom[0].num_axes
            ):
                raise self.error(
                    "All inputs must have the same shape, except at concat_axis.",
                    expected=f"the shape of bottom[0], {bottom[0].shape}, but for axis {axis}",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )
            shape[axis] += its[axis]
            self._shapes.append(its)
        top[0].reshape(shape)
        if len(bottom) == 1:
            top[0].share_data(bottom[0])
            top[0].share_diff(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._is_flat:
            for blob, part in self._parts(bottom, top[0].data):
                np.copyto(part, np.moveaxis(blob.data, 1, -1))
        elif len(bottom) > 1:
            pairs = zip(bottom, self._shapes, strict=True)
            parts = [blob.data.reshape(shape) for blob, shape in pairs]
            concatenate(parts, self._axis, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self._is_flat:
            joined = self._parts(bottom, top[0].diff)
            for (blob, its_part), wanted in zip(joined, propagate_down, strict=True):
                if wanted:
                    np.copyto(blob.diff, np.moveaxis(its_part, -1, 1))
            return
        if len(bottom) == 1:
            return
        dy, before, start = top[0].diff, (slice(None),) * self._axis, 0
        for blob, its, wanted in zip(bottom, self._shapes, propagate_down, strict=True):
            end = start + its[self._axis]
            if wanted:
                part = (*before, slice(start, end))
                np.copyto(blob.diff, dy[part].reshape(blob.shape))
            start = end

    # --- per_fla_fuse -------------------------------------------------------------------------

    def _reshape_flat(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        first = bottom[0]
        for index, blob in enumerate(bottom):
            if blob.num_axes != first.num_axes or blob.shape[0] != first.shape[0]:
                raise self.error(
                    "All inputs must have the same batch and number of axes.",
                    expected=f"as bottom[0] of shape {first.shape}",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )
        ones = (1,) * (first.num_axes - 2)
        top[0].reshape(first.shape[0], sum(blob.count(1) for blob in bottom), *ones)

    def _parts(self, bottom: Blobs, joined: Array) -> Iterator[tuple[Blob, Array]]:
        """Each bottom, and its part of what is joined: (N, *places, C)."""
        rows, start = joined.reshape(joined.shape[:2]), 0
        for blob in bottom:
            end = start + blob.count(1)
            num, channels, *places = blob.shape
            yield blob, rows[:, start:end].reshape(num, *places, channels)
            start = end

    def _concat_axis(self, first: Blob) -> int:
        param = self.layer_param_.concat_param
        if not param.HasField("concat_dim"):
            return first.canonical_axis(param.axis)
        if param.concat_dim >= first.num_axes:
            raise self.error(
                "concat_dim out of range.",
                expected=f"an axis from 0 to {first.num_axes - 1}",
                got=f"concat_dim: {param.concat_dim} for bottom[0] of shape {first.shape}",
            )
        return param.concat_dim


def _without_one(shape: Shape, axes: int) -> Shape:
    """A shape without an axis of 1 before its last, where that leaves as many axes as asked for."""
    if len(shape) == axes + 1 and shape[-2] == 1:
        return (*shape[:-2], shape[-1])
    return shape
