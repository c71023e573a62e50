"""Noise: drawn numbers, added to values or multiplied with items, while training."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.proto import TRAIN
from blobnet.types import Array

_OF_WINDOWS = ("gaussian_std", "uniform_range", "bias")
_OF_OPENCL = ("mu", "sigma")


@register_layer("Noise")
class Noise(Elementwise):
    """Random values in TRAIN. The name has two meanings, told apart by the fields that are stated.

    bottom[0]  x: any shape; (N, ...) with `mu` or `sigma`
    top[0]     y: as x

    caffe-windows': to each value a drawn number is added, of a Gaussian of mean `bias` whose
    deviation is `gaussian_std` times the root mean square of x; or, without gaussian_std, one
    between bias - uniform_range and bias + uniform_range; without either none. In TEST y = x.

    The OpenCL branch's: each item is multiplied with a number of a Gaussian of mean `mu` and
    deviation `sigma`. In TEST y = 0, as there.

    May work in place.
    Proto: NoiseParameter.  Caffe: noise_layer.cpp of happynear/caffe-windows, and of the OpenCL
    branch.
    """

    formula = "y = x + noise; or noise[n] * x, and 0 in TEST, where mu or sigma is stated."
    gradient_formula = (
        "dx = dy, as if the noise did not depend on x; or noise[n] * dy, and 0 in TEST."
    )

    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._param = param = self.layer_param_.noise_param
        stated = {field.name for field, _ in param.ListFields()}
        self._multiplies = bool(stated.intersection(_OF_OPENCL))
        adds = bool(stated.intersection(_OF_WINDOWS))
        if self._multiplies == adds:
            raise self.error(
                "it has to be said whether noise is added or multiplied",
                expected="gaussian_std or uniform_range, and bias, as in caffe-windows; or mu and "
                "sigma, as in the OpenCL branch",
                got=f"noise_param with {', '.join(sorted(stated)) or 'nothing'}",
            )
        self._factors: Array = np.empty(0, self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._multiplies and not bottom[0].num_axes:
            raise self.error("there are no items", got="shape ()")
        super().reshape(bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if self._multiplies:
            self._factors = self._draw_factors(x)
            np.multiply(x, self._factors, out=y)
        elif self.phase == TRAIN:
            np.add(x, self._draw_noise(x), out=y)
        else:
            y[...] = x

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self._multiplies:
            np.multiply(top[0].diff, self._factors, out=bottom[0].diff)
        elif top[0] is not bottom[0]:
            bottom[0].diff[...] = top[0].diff

    def _draw_factors(self, x: Array) -> Array:
        shape = (len(x), *[1] * (x.ndim - 1))
        if self.phase != TRAIN:
            return np.zeros(shape, x.dtype)
        mu, sigma = self._param.mu, self._param.sigma
        return (self.rng.standard_normal(shape) * sigma + mu).astype(x.dtype)

    def _draw_noise(self, x: Array) -> Array:
        param = self._param
        if param.HasField("gaussian_std"):
            size = math.sqrt(float(np.square(x).sum()) / max(x.size, 1)) * param.gaussian_std
            noise = self.rng.standard_normal(x.shape, x.dtype) * size
        elif param.HasField("uniform_range"):
            noise = (self.rng.random(x.shape, x.dtype) * 2 - 1) * param.uniform_range
        else:
            return np.zeros_like(x)
        drawn: Array = noise + param.bias
        return drawn.astype(x.dtype, copy=False)
