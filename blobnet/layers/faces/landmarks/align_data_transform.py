"""AlignDataTransform: points of faces, moved as their images were cropped and flipped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array, IntArray


@register_layer("AlignDataTransform")
class AlignDataTransform(Layer):
    """Points within the part of an image that a Data layer has cut out.

    bottom[0]  points: (N, ...)  x and y of K points each
    bottom[1]  cuts: (N, 4)      whether the image is flipped, the width of the crop, its first row
               and its first column: the second top of Data with `get_mirror_crop`
    bottom[2]  partners: K values or more  the number, from 1 on, of the point that each one is in
               a flipped image
    top[0]     points: (N, C, H, W)  the points there; axes left out at the end are 1

    Proto: none.  Caffe: align_data_transform_layer.cpp of ZhiwenShao/JAANet.
    """

    formula = "(x, y) - (column, row) of the crop; flipped: x -> width - 1 - x, then partners swap."
    gradient_formula = (
        "dx = dy, of a flipped image -dy for x, and of the partner: the derivative where partners "
        "are each other's."
    )

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        points, cuts, partners = (blob.shape for blob in bottom)
        if not 1 <= len(points) <= 4 or bottom[0].count(1) % 2:
            raise self.error(
                "points have two values each", expected="(N, ...), 2 K values", got=f"{points}"
            )
        if not cuts or cuts[0] != points[0] or bottom[1].count(1) != 4:
            raise self.error("a cut has four values", expected=f"({points[0]}, 4)", got=f"{cuts}")
        if bottom[2].count() < bottom[0].count(1) // 2:
            raise self.error(
                "each point has a partner",
                expected=f"{bottom[0].count(1) // 2} values at least",
                got=f"shape {partners}",
            )
        top[0].reshape((*points, *(1,) * (4 - len(points))))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        points, moved = self._points(bottom[0].data), self._points(top[0].data)
        cuts = bottom[1].data.reshape(len(points), 4)
        np.subtract(points, cuts[:, None, [3, 2]], out=moved)
        flipped = cuts[:, 0] != 0
        if flipped.any():
            partners = self._partners(bottom)
            moved[flipped, :, 0] = cuts[flipped, 1][:, None] - 1 - moved[flipped, :, 0]
            moved[flipped] = moved[flipped][:, partners]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down[1:]):
            raise self.error(
                "neither cuts nor partners have a gradient",
                fix="write `propagate_down` three times: true, false, false",
            )
        if not propagate_down[0]:
            return
        dx, dy = self._points(bottom[0].diff), self._points(top[0].diff)
        dx[...] = dy
        flipped = bottom[1].data.reshape(len(dy), 4)[:, 0] != 0
        if flipped.any():
            dx[flipped, :, 0] *= -1
            dx[flipped] = dx[flipped][:, self._partners(bottom)]

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _points(self, values: Array) -> Array:
        size = int(np.prod(values.shape[1:]))
        return values.reshape(len(values), size // 2, 2)

    def _partners(self, bottom: Blobs) -> IntArray:
        count = bottom[0].count(1) // 2
        partners: Array = np.trunc(bottom[2].data.reshape(-1)[:count])
        if not np.all((partners >= 1) & (partners <= count)):
            raise self.error(
                "a partner is none of the points",
                expected=f"numbers from 1 to {count}",
                got=f"from {partners.min():g} to {partners.max():g}",
            )
        return partners.astype(np.intp) - 1
