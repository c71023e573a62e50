"""Transformer: an image, turned, scaled and moved as a bottom says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.sampling import Taps, sample, slopes, spread, taps_in_zeros
from blobnet.types import Array


@register_layer("Transformer")
class Transformer(Layer):
    """Reads an image on a grid that an affine transformation makes.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  theta: (N, 6)   row by row
    top[0]     y: (N, C, H, W)

    Place s, t of y, from -1 on in each direction (2 i / H - 1; 1 itself is not reached), is read at
    theta @ (s, t, 1) of x, rows first, where -1 is pixel 0 and 1 would be pixel H or W; between
    four pixels; 0 before the first and behind the last pixel. (The fork mixes up the rows of images
    that are not square; here they are in order.)

    Proto: none.  Caffe: transformer_layer.cpp of happynear/caffe-windows.  Paper: Jaderberg et
    al., Spatial Transformer Networks, arXiv:1506.02025.
    """

    formula = "y[s, t] = x between the pixels at theta @ (s, t, 1)."
    gradient_formula = "Derivatives by x and theta; by theta 0 where a place is beside the image."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, theta = bottom
        if x.num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {x.shape}",
            )
        if theta.shape[:1] != x.shape[:1] or theta.count != x.num * 6:
            raise self.error(
                "Theta's dimension must be 6.",
                expected=f"6 values for each of {x.num} images",
                got=f"bottom[1] of shape {theta.shape}",
            )
        top[0].reshape_like(x)
        steps = [np.arange(length) * 2 / max(length, 1) - 1 for length in x.shape[2:]]
        rows, columns = np.meshgrid(*steps, indexing="ij")
        grid = np.stack([rows, columns, np.ones_like(rows)])
        self._grid: Array = grid.reshape(3, -1).astype(self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        thetas = bottom[1].data.reshape(-1, 2, 3)
        for x, theta, y in zip(bottom[0].data, thetas, top[0].data, strict=True):
            sample(x, self._taps(x, theta), y.reshape(len(y), x.shape[1] * x.shape[2]))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        thetas = bottom[1].data.reshape(-1, 2, 3)
        dtheta = bottom[1].diff.reshape(-1, 2, 3)
        for n, (x, theta, dy) in enumerate(zip(bottom[0].data, thetas, top[0].diff, strict=True)):
            taps, dy = self._taps(x, theta), dy.reshape(len(dy), x.shape[1] * x.shape[2])
            if propagate_down[0]:
                spread(dy, taps, bottom[0].diff[n])
            if propagate_down[1]:
                dtheta[n] = self._theta_gradient(x, taps, dy)

    def _taps(self, x: Array, theta: Array) -> Taps:
        size = np.array(x.shape[1:], self.dtype)[:, None]
        place = (theta @ self._grid + 1) * (size / 2)
        is_inside = ((place >= 0) & (place <= size - 1)).all(axis=0)
        place[:, ~is_inside] = -2  # no pixel is as near as that
        return taps_in_zeros(place[:1], place[1:], *x.shape[1:])

    def _theta_gradient(self, x: Array, taps: Taps, dy: Array) -> Array:
        gradient, places = np.zeros((2, 3), dy.dtype), np.empty((1, dy.shape[1]), dy.dtype)
        if x.size:
            for row, slope in enumerate((taps.down, taps.across)):
                slopes(x, taps, slope, dy, places)
                gradient[row] = self._grid @ places[0] * (x.shape[row + 1] / 2)
        return gradient
