"""Pooling: one value for each window of an image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._spatial import pooled_size, pooling_window
from blobnet.ops import pooling, stochastic_pooling
from blobnet.proto import TEST, TRAIN, PoolingParameter
from blobnet.types import Array


@register_layer("Pooling")
class Pooling(Layer):
    """The maximum, the average or a random value of each window that slides over an image.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, *places)     places on each axis: (size + 2 pad - kernel) / stride + 1,
                                      rounded up unless `round_mode` is FLOOR; with padding, a
                                      last window that would begin in the end's padding is dropped
    top[1]     mask: (N, C, *places)  MAX only, optional: where in its H x W plane each maximum
                                      stands, row * W + column; -1 where nothing exceeds -FLT_MAX

    MAX         the first of equal values wins; padding, NaN and what is below -FLT_MAX never do
    AVE         the divisor counts padding, but not what a window has beyond it
    STOCHASTIC  TRAIN: x with probability x / sum(x);  TEST: sum(x * x) / sum(x), 0 for no sum

    `global_pooling` makes one window of the whole image, of whatever size.

    Gradients: MAX and STOCHASTIC give dy to the chosen x, AVE dy / divisor to every x of the
    window, STOCHASTIC in TEST dy (2 x - y) / sum(x); windows that overlap add up.
    Proto: PoolingParameter.  Caffe: pooling_layer.cpp, pooling_layer.cu.
    """

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.pooling_param
        self._pool = param.pool
        if self._pool != PoolingParameter.MAX and len(top) > 1:
            raise self.error(
                "Pooling Layer produces at most 1 top blob(s) as output.",
                got=f"{len(top)} with pool {PoolingParameter.PoolMethod.Name(self._pool)}",
                fix="only MAX has a mask to give",
            )
        self._check_images(bottom)
        self._window = pooling_window(self, param, bottom[0].shape[2:])
        if self._pool == PoolingParameter.STOCHASTIC and any(self._window.pad):
            raise self.error("Padding implemented only for average and max pooling.")
        self.backward_reads_bottom = (
            self._pool == PoolingParameter.STOCHASTIC and self.phase == TEST
        )
        self._winner: Array = np.zeros(0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._check_images(bottom)
        param, size = self.layer_param_.pooling_param, bottom[0].shape[2:]
        if param.global_pooling:
            self._window = self._window._replace(kernel=size)
        round_down = param.round_mode == PoolingParameter.FLOOR
        places = pooled_size(self._window, size, round_down=round_down)
        if any(count < 1 for count in places):
            raise self.error(
                "the kernel does not fit into the padded input",
                got=f"input {size} under kernel {self._window.kernel}, pad {self._window.pad}",
                fix="feed larger images, choose a smaller kernel, or set global_pooling",
            )
        for blob in top:
            blob.reshape((*bottom[0].shape[:2], *places))
        if self._pool != PoolingParameter.AVE:
            dtype = pooling.winner_dtype(self._window)
            if (self._winner.shape, self._winner.dtype) != (top[0].shape, dtype):
                self._winner = np.zeros(top[0].shape, dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y, window = bottom[0].data, top[0].data, self._window
        if self._pool == PoolingParameter.AVE:
            pooling.average_forward(x, window, y)
        elif self._pool == PoolingParameter.MAX:
            pooling.max_forward(x, window, y, self._winner)
            if len(top) > 1:
                top[1].data[...] = pooling.winner_positions(self._winner, window, x.shape[2:])
        elif self.phase == TRAIN:
            threshold = 1 - self.rng.random(y.shape, x.dtype)
            stochastic_pooling.sample(x, window, threshold, y, self._winner)
        else:
            stochastic_pooling.expected_forward(x, window, y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dx, dy, window = bottom[0].diff, top[0].diff, self._window
        if self._pool == PoolingParameter.AVE:
            pooling.average_backward(dy, window, dx)
        elif self._pool == PoolingParameter.MAX or self.phase == TRAIN:
            pooling.max_backward(dy, self._winner, window, dx)
        else:
            stochastic_pooling.expected_backward(bottom[0].data, dy, window, dx)

    def _check_images(self, bottom: Blobs) -> None:
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
