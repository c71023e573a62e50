"""SPP: spatial pyramid pooling, an output of one size from images of any size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision.pooling import Pooling
from blobnet.proto import TEST, LayerParameter, PoolingParameter, SPPParameter
from blobnet.types import Array, Shape


class _Level(NamedTuple):
    """One grid of the pyramid."""

    pooling: Pooling
    pooled: Blob  # (N, C, bins, bins)


@register_layer("SPP")
class SPP(Layer):
    """Spatial pyramid pooling.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C * (1 + 4 + 16 + ...))  grid by grid, each as (C, bins, bins);
                                               (N, C, 1, 1) where `pyramid_height` is 1

    A grid with `bins` windows along an axis has kernel = stride = ceil(size / bins) and
    pad = (bins * kernel - size + 1) // 2; Pooling does the rest, with `pool` as the method. In AVE
    the divisor hence counts padding, and STOCHASTIC needs sizes that leave none.

    Proto: SPPParameter.  Caffe: spp_layer.cpp. He et al., ECCV 2014.
    """

    formula = "Pools images over grids of 1, 2 x 2, 4 x 4 ... windows, `pyramid_height` of them."
    gradient_formula = "dx = the sum of what Pooling gives for each grid."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._height = self.layer_param_.spp_param.pyramid_height
        if self._height < 1:
            raise self.error("pyramid_height must be at least 1", got=self._height)
        is_stochastic = self.layer_param_.spp_param.pool == SPPParameter.STOCHASTIC
        self.backward_reads_bottom = is_stochastic and self.phase == TEST
        self._size: Shape = ()
        self._levels: list[_Level] = []
        self._other_diff = Blob(dtype=self.dtype)  # the bottom's data, another diff

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._check_images(bottom)
        size = bottom[0].shape[2:]
        if size != self._size:  # the windows follow the image
            self._levels = [self._level(number, size, bottom) for number in range(self._height)]
            self._size = size
        if self._height == 1:
            self._levels[0].pooling.update_shapes(bottom, top)
            return
        for pooling, pooled in self._levels:
            pooling.update_shapes(bottom, [pooled])
        top[0].reshape((bottom[0].num, sum(pooled.count(1) for _, pooled in self._levels)))
        self._other_diff.reshape_like(bottom[0])
        self._other_diff.share_data(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._height == 1:
            self._levels[0].pooling.forward_cpu(bottom, top)
            return
        for (pooling, pooled), part in zip(self._levels, self._parts(top[0].data), strict=True):
            pooling.forward_cpu(bottom, [pooled])
            part[...] = pooled.data.reshape(part.shape)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if self._height == 1:
            self._levels[0].pooling.backward_cpu(top, propagate_down, bottom)
            return
        if not propagate_down[0]:
            return
        target = bottom[0]
        for (pooling, pooled), part in zip(self._levels, self._parts(top[0].diff), strict=True):
            pooled.diff[...] = part.reshape(pooled.shape)
            pooling.backward_cpu([pooled], [True], [target])
            if target is not bottom[0]:
                bottom[0].diff += target.diff
            target = self._other_diff

    def _check_images(self, bottom: Blobs) -> None:
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        if 0 in bottom[0].shape[2:]:
            raise self.error("Input dimensions cannot be zero.", got=f"shape {bottom[0].shape}")

    def _level(self, number: int, size: Shape, bottom: Blobs) -> _Level:
        bins = 2**number
        kernel = tuple(-(-length // bins) for length in size)
        pad = tuple((bins * k - length + 1) // 2 for k, length in zip(kernel, size, strict=True))
        if any(p >= k for p, k in zip(pad, kernel, strict=True)):
            raise self.error(
                f"the image does not fill a grid of {bins} x {bins} windows",
                expected="pad = (bins * kernel - size + 1) // 2 smaller than the kernel",
                got=f"pad {pad} and kernel {kernel} for images of {size}",
                fix=f"set pyramid_height to {number}, or feed images of another size",
            )
        window = PoolingParameter(
            pool=SPPParameter.PoolMethod.Name(self.layer_param_.spp_param.pool),
            kernel_h=kernel[0],
            kernel_w=kernel[1],
            stride_h=kernel[0],
            stride_w=kernel[1],
            pad_h=pad[0],
            pad_w=pad[1],
        )
        param = LayerParameter(name=self.name, type=self.type, pooling_param=window)
        pooling = Pooling(param, phase=self.phase, dtype=self.dtype, rng=self.rng)
        level = _Level(pooling, Blob(dtype=self.dtype))
        pooling.setup(bottom, [level.pooled])
        return level

    def _parts(self, array: Array) -> list[Array]:
        """The top's data or diff, a view for each grid."""
        ends = np.cumsum([pooled.count(1) for _, pooled in self._levels])
        return np.split(array, ends[:-1], axis=1)
