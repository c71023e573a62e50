"""SpatialTransformer: an image, turned, scaled and moved as a bottom says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.sampling import Taps, sample, slopes, spread, taps_in_zeros
from blobnet.types import Array

THETAS = ("theta_1_1", "theta_1_2", "theta_1_3", "theta_2_1", "theta_2_2", "theta_2_3")


@register_layer("SpatialTransformer")
class SpatialTransformer(Layer):
    """Reads an image on a grid that an affine transformation makes.

    bottom[0]  u: (N, C, H, W)
    bottom[1]  theta: (N, F)   F = 6, row by row, without those that the prototxt fixes
    top[0]     v: (N, C, `output_H`, `output_W`)   as large as u where they are not stated

    The place s, t of v, from -1 on in each direction (2 s / output_H - 1; 1 itself is not reached),
    is read at (theta_1_1 s + theta_1_2 t + theta_1_3, theta_2_1 s + theta_2_2 t + theta_2_3) of u,
    rows first, where -1 is pixel 0 and 1 is pixel H or W; between four pixels, with 0 around the
    image. With `to_compute_dU: false` u gets no gradient.

    Proto: SpatialTransformerParameter.  Caffe: st_layer.cpp, st_layer.cu of
    daerduoCarey/SpatialTransformerLayer.
    """

    formula = "v[s, t] = u between the pixels at theta @ (s, t, 1)."
    gradient_formula = "Derivatives by u, unless `to_compute_dU` is false, and theta."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.st_param
        if param.transform_type != "affine":
            raise self.error(
                "Transformation type only supports affine now!", got=param.transform_type
            )
        if param.sampler_type != "bilinear":
            raise self.error("Sampler type only supports bilinear now!", got=param.sampler_type)
        self._fixed = [
            float(getattr(param, name)) if param.HasField(name) else None for name in THETAS
        ]
        self._free = [i for i, value in enumerate(self._fixed) if value is None]
        self._has_du = param.to_compute_dU
        self._check_image(bottom)
        size = bottom[0].shape[2:]
        self._size = (
            param.output_H if param.HasField("output_H") else size[0],
            param.output_W if param.HasField("output_W") else size[1],
        )
        if min(self._size) < 1:
            raise self.error("output_H and output_W must be at least 1", got=self._size)
        steps = [np.arange(length) * 2 / length - 1 for length in self._size]
        rows, columns = np.meshgrid(*steps, indexing="ij")
        grid = np.stack([rows, columns, np.ones(self._size)])
        self._grid: Array = grid.reshape(3, -1).astype(self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._check_image(bottom)
        num, channels = bottom[0].shape[:2]
        if bottom[1].shape[:1] != (num,) or bottom[1].count != num * len(self._free):
            raise self.error(
                "The dimension of theta is not six!",
                expected=f"{len(self._free)} values for each of {num} images, as "
                f"{6 - len(self._free)} are fixed",
                got=f"bottom[1] of shape {bottom[1].shape}",
            )
        top[0].reshape((num, channels, *self._size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        thetas = self._thetas(bottom)
        for u, theta, v in zip(bottom[0].data, thetas, top[0].data, strict=True):
            sample(u, self._taps(u, theta), v.reshape(len(v), -1))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        thetas = self._thetas(bottom)
        dtheta = bottom[1].diff.reshape(len(thetas), len(self._free))
        for n, (u, theta, dv) in enumerate(zip(bottom[0].data, thetas, top[0].diff, strict=True)):
            taps, dv = self._taps(u, theta), dv.reshape(len(dv), -1)
            if propagate_down[0] and self._has_du:
                spread(dv, taps, bottom[0].diff[n])
            if propagate_down[1]:
                dtheta[n] = self._theta_gradient(u, taps, dv)[self._free]
        if propagate_down[0] and not self._has_du:
            bottom[0].diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 0 or self.layer_param_.st_param.to_compute_dU

    def _check_image(self, bottom: Blobs) -> None:
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )

    def _thetas(self, bottom: Blobs) -> Array:
        """All six of each image: (N, 2, 3)."""
        num = bottom[0].shape[0]
        thetas = np.empty((num, 6), self.dtype)
        thetas[:] = [0 if value is None else value for value in self._fixed]
        thetas[:, self._free] = bottom[1].data.reshape(num, len(self._free))
        return thetas.reshape(num, 2, 3)

    def _taps(self, u: Array, theta: Array) -> Taps:
        height, width = u.shape[1:]
        half = np.array([[height], [width]], self.dtype) / 2
        rows, columns = (theta @ self._grid + 1) * half
        return taps_in_zeros(rows[None], columns[None], height, width)

    def _theta_gradient(self, u: Array, taps: Taps, dv: Array) -> Array:
        """dtheta, all six of one image."""
        gradients, places = [], np.empty((1, dv.shape[1]), dv.dtype)
        if not len(dv):
            return np.zeros(6, dv.dtype)
        for slope, length in ((taps.down, u.shape[1]), (taps.across, u.shape[2])):
            slopes(u, taps, slope, dv, places)
            gradients.append(self._grid @ places[0] * (length / 2))
        return np.concatenate(gradients)
