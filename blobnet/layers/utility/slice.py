"""Slice: cuts a blob into parts, along one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("Slice")
class Slice(Layer):
    """Cuts `axis` (1 unless stated; `slice_dim` is its old name) into one part for each top.

    bottom[0]  x: any shape that has the axis
    top[i]     y_i: the shape of x, but for the length of the axis: from slice_point[i - 1] up to
               slice_point[i]; equal parts where no `slice_point` is stated

    A single top uses the bottom's memory: nothing is copied, and it may work in place.

    Proto: SliceParameter.  Caffe: slice_layer.cpp.
    """

    formula = "y_0, y_1, ... = the parts of x, one behind the other"
    gradient_formula = "dx = dy_0, dy_1, ... one behind the other, as the parts lie in x."

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.slice_param
        if param.HasField("axis") and param.HasField("slice_dim"):
            raise self.error(
                "Either axis or slice_dim should be specified; not both.",
                got=f"axis: {param.axis} and slice_dim: {param.slice_dim}",
                fix="keep `axis`",
            )
        points = self._points = list(param.slice_point)
        if points and len(points) != len(top) - 1:
            raise self.error(
                "there must be one slice_point between two tops",
                expected=f"{len(top) - 1} for {len(top)} tops, or none for equal parts",
                got=f"slice_point: {points}",
            )
        if any(point <= before for before, point in pairwise([0, *points])):
            raise self.error(
                "each slice_point must be greater than the one before, the first greater than 0",
                got=f"slice_point: {points}",
            )
        if len(top) > 1:
            refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, axis = bottom[0], self._slice_axis(bottom[0])
        edges = self._edges(x.shape[axis], len(top))
        before = (slice(None),) * axis
        self._parts = [(*before, slice(begin, end)) for begin, end in pairwise(edges)]
        for blob, (begin, end) in zip(top, pairwise(edges), strict=True):
            blob.reshape((*x.shape[:axis], end - begin, *x.shape[axis + 1 :]))
        if len(top) == 1:
            top[0].share_data(x)
            top[0].share_diff(x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if len(top) > 1:
            for blob, part in self._with_parts(top, bottom[0].data):
                np.copyto(blob.data, part)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if len(top) > 1 and propagate_down[0]:
            for blob, part in self._with_parts(top, bottom[0].diff):
                np.copyto(part, blob.diff)

    # --- helpers ------------------------------------------------------------------------------

    def _with_parts(self, top: Blobs, array: Array) -> Iterator[tuple[Blob, Array]]:
        """Each top, and its part of the bottom's data or diff."""
        for blob, part in zip(top, self._parts, strict=True):
            yield blob, array[part]

    def _slice_axis(self, x: Blob) -> int:
        param = self.layer_param_.slice_param
        if not param.HasField("slice_dim"):
            return x.canonical_axis(param.axis)
        if param.slice_dim >= x.num_axes:
            raise self.error(
                "slice_dim out of range.",
                expected=f"an axis from 0 to {x.num_axes - 1}",
                got=f"slice_dim: {param.slice_dim} for a bottom of shape {x.shape}",
            )
        return param.slice_dim

    def _edges(self, length: int, num_top: int) -> list[int]:
        """Where the parts begin, and where the last one ends."""
        if not self._points:
            if length % num_top:
                raise self.error(
                    f"Number of top blobs ({num_top}) should evenly divide input slice axis "
                    f"({length})",
                    fix="state where to cut: `slice_point`, once between two tops",
                )
            return [length * i // num_top for i in range(num_top + 1)]
        if num_top > length or self._points[-1] > length:
            raise self.error(
                "the axis is too short for these parts",
                expected=f"a length of {max(num_top, self._points[-1])} or more",
                got=f"{length}, cut at slice_point {self._points}",
            )
        return [0, *self._points, length]
