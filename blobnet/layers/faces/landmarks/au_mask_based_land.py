"""AUMaskBasedLand: where in a face its muscles act, from 49 of its points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array

_POINTS = 49
_CENTRES = (
    ((4, -1 / 2), (5, -1 / 2)),
    ((1, -1 / 3), (8, -1 / 3)),
    ((2, 1 / 3), (7, 1 / 3)),
    ((24, 1), (29, 1)),
    ((21, 0), (26, 0)),
    ((43, 0), (45, 0)),
    ((31, 0), (37, 0)),
    ((31, 0), (37, 0)),
    ((31, 0), (37, 0)),
    ((39, 1 / 2), (41, 1 / 2)),
    ((34, 0), (40, 0)),
    ((34, 0), (40, 0)),
)
"""Of each of the twelve action units of BP4D: two points, and how far below them it lies, in
distances between the inner corners of the eyes."""
_EYES = 22, 25


@register_layer("AUMaskBasedLand")
class AUMaskBasedLand(Layer):
    """Maps of attention for the twelve action units of a face.

    bottom[0]  points: (N, 98)     x and y of 49 points, in pixels of an image of `img_size`
    top[i]     mask: (N, 1, m, m)  m = img_size * `spatial_scale`, rounded: one for each action unit
    top[12]    mask: (N, 1, m, m)  the largest of all of them

    A unit has two centres, and a square around each, of `spatial_ratio` times the image. In it the
    mask falls from 1 by `fill_coeff` * 100 / (img_size * spatial_scale) for each pixel down and
    across ("manhattan", the only `fill_type`), to no less than `fill_value`, which is elsewhere.
    Where both squares overlap the second counts.

    Proto: AUMaskBasedLandParameter.  Caffe: au_mask_based_land_layer.cpp of ZhiwenShao/JAANet.
    """

    formula = "max(1 - (|row - y| + |column - x|) * fall, fill_value) around each centre (x, y)."
    gradient_formula = "none: the points get 0."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = len(_CENTRES) + 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.au_mask_based_land_param
        if param.fill_type != "manhattan":
            raise self.error(
                "unknown fill_type", expected='"manhattan"', got=f'"{param.fill_type}"'
            )
        self._scale = np.float64(param.spatial_scale)
        self._size = int(np.floor(param.img_size * self._scale + 0.5))
        if not 0 < self._size < 2**15:
            raise self.error(
                "masks must have pixels",
                expected="img_size * spatial_scale of at least 0.5",
                got=f"{param.img_size} * {param.spatial_scale:g}",
            )
        self._half = (param.img_size - 1) / 2 * param.spatial_ratio
        self._fall = param.fill_coeff * (100 / (param.img_size * self._scale))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if not shape or bottom[0].count(1) != 2 * _POINTS:
            raise self.error(
                "a face has 49 points", expected="98 values per item", got=f"shape {shape}"
            )
        for blob in top:
            blob.reshape((shape[0], 1, self._size, self._size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        lowest = self.layer_param_.au_mask_based_land_param.fill_value
        for blob in top:
            blob.data.fill(lowest)
        faces = bottom[0].data.reshape(bottom[0].shape[0], _POINTS, 2).astype(np.float64)
        for n, points in enumerate(faces):
            ruler = abs(points[_EYES[0], 0] - points[_EYES[1], 0])
            for unit, centres in enumerate(_CENTRES):
                for point, below in centres:
                    x, y = points[point, 0], points[point, 1] + below * ruler
                    self._draw(top[unit].data[n, 0], top[-1].data[n, 0], x, y, lowest)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff.fill(0)

    def _draw(self, mask: Array, of_all: Array, x: float, y: float, lowest: float) -> None:
        rows, columns = self._inside(y), self._inside(x)
        down = abs(np.arange(self._size)[rows] - y * self._scale)
        across = abs(np.arange(self._size)[columns] - x * self._scale)
        values = np.maximum(1 - (down[:, None] + across) * self._fall, lowest)
        mask[rows, columns] = values
        np.maximum(of_all[rows, columns], values, out=of_all[rows, columns], casting="same_kind")

    def _inside(self, centre: float) -> slice:
        """From pixel to pixel around a centre, within the mask."""
        ends = [(centre + side * self._half) * self._scale for side in (-1, 1)]
        ends = [np.copysign(np.floor(abs(end) + 0.5), end) for end in ends]  # C's round
        first, last = (int(np.clip(np.nan_to_num(end), 0, self._size - 1)) for end in ends)
        return slice(first, last + 1)
