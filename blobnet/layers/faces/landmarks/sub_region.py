"""SubRegion: the pieces of an image around points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array

_Piece = tuple[int, int, slice, slice, slice, slice]
"""An image, a point; rows and columns of the piece, and those of the image that are there."""


@register_layer("SubRegion")
class SubRegion(Layer):
    """Cuts a rectangle around each point; beside the image there is 0.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  points: (N, 2 P)   across and down, in pixels of an image of `data_width` by
                                  `data_height`, from its middle
    bottom[2]  goals: (N, 2 P)    where the points should be
    top[0]     y: (N, C P, h, w)  h = `region_height`, w = `region_width`, point by point; with
                                  `as_dim: 0` (N P, C, h, w), where item i N + n has point i of n
    top[1]     (N, 2 P)           from the middle of each piece to the goal (optional, with top[2])
    top[2]     (N, 2 P)           the middle of each piece; both in pixels from the upper left

    Proto: SubRegionParameter.  Caffe: subregion_layer.cpp of happynear/caffe-windows.
    """

    formula = "y = x from floor((point / data_size + 1/2) * size - region / 2) on."
    gradient_formula = (
        "dx = the sum of dy over the pieces that have the pixel (the fork's CPU code writes it to "
        "the wrong place, its .cu does not); none for points."
    )

    exact_num_bottom_blobs = 3
    min_top_blobs = 1
    max_top_blobs = 3
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = param = self.layer_param_.sub_region_param
        for name in ("region_height", "region_width", "data_height", "data_width"):
            if getattr(param, name) < 1:
                raise self.error(f"{name} must be at least 1", got=getattr(param, name))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, points = bottom[0], bottom[1]
        if x.num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {x.shape}",
            )
        fits = points.num_axes > 1 and points.shape[1] % 2 == 0
        fits = fits and points.count == x.num * points.shape[1]
        if not fits or bottom[2].count != points.count:
            raise self.error(
                "The coordinate blob's size must be able to divided by 2!",
                expected=f"2 P values for each of {x.num} images, as many in both bottoms",
                got=f"bottom[1] of shape {points.shape}, bottom[2] of shape {bottom[2].shape}",
            )
        count = points.shape[1] // 2
        size = self._param.region_height, self._param.region_width
        if self._param.as_dim == 0:
            top[0].reshape((x.num * count, x.channels, *size))
        else:
            top[0].reshape((x.num, x.channels * count, *size))
        for blob in top[1:]:
            blob.reshape(points.shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        pieces = self._by_piece(top[0].data, bottom)
        pieces[...] = 0
        for n, i, rows, columns, down, across in self._places(bottom):
            pieces[i, n, :, rows, columns] = bottom[0].data[n, :, down, across]
        if len(top) > 1:
            self._write_offsets(bottom, top)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                blob.diff[...] = 0
        if propagate_down[0]:
            pieces = self._by_piece(top[0].diff, bottom)
            for n, i, rows, columns, down, across in self._places(bottom):
                bottom[0].diff[n, :, down, across] += pieces[i, n, :, rows, columns]

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _by_piece(self, y: Array, bottom: Blobs) -> Array:
        """The same memory as (P, N, C, h, w)."""
        num, channels = bottom[0].shape[:2]
        count = bottom[1].shape[1] // 2
        pieces: Array
        if self._param.as_dim == 0:
            pieces = y.reshape(count, num, channels, *y.shape[2:])
        else:
            pieces = y.reshape(num, count, channels, *y.shape[2:]).swapaxes(0, 1)
        return pieces

    def _starts(self, bottom: Blobs) -> Array:
        """Column and row where each piece begins: (N, P, 2)."""
        param, x = self._param, bottom[0]
        points = bottom[1].data.reshape(x.num, bottom[1].shape[1] // 2, 2)
        of_data = np.array([param.data_width, param.data_height])
        of_piece = np.array([param.region_width, param.region_height])
        middle = (points / of_data + 0.5) * np.array([x.width, x.height])
        starts: Array = np.floor(middle - of_piece // 2)
        if not np.isfinite(starts).all():
            raise self.error("a point in bottom[1] is no place", got="inf or NaN")
        return starts

    def _places(self, bottom: Blobs) -> Iterator[_Piece]:
        height, width = bottom[0].shape[2:]
        for n, starts in enumerate(self._starts(bottom)):
            for i, (left, top) in enumerate(starts):
                rows, down = _overlap(top, self._param.region_height, height)
                columns, across = _overlap(left, self._param.region_width, width)
                yield n, i, rows, columns, down, across

    def _write_offsets(self, bottom: Blobs, top: Blobs) -> None:
        param, x = self._param, bottom[0]
        of_data = np.array([param.data_width, param.data_height])
        of_piece = np.array([param.region_width, param.region_height])
        middle = self._starts(bottom) + of_piece / 2 + 0.5
        middle = middle / np.array([max(x.width, 1), max(x.height, 1)]) * of_data
        goals = bottom[2].data.reshape(middle.shape) + of_data // 2
        if len(top) > 2:
            top[2].data.reshape(middle.shape)[...] = middle
        top[1].data.reshape(middle.shape)[...] = goals - middle


def _overlap(start: float, size: int, length: int) -> tuple[slice, slice]:
    """Which pixels of a piece are within the image, and where these are."""
    first = int(min(max(-start, 0), size))
    last = max(int(min(max(length - start, 0), size)), first)
    return slice(first, last), slice(int(start) + first, int(start) + last)
