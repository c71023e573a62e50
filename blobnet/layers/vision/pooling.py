"""Pooling: one value for each window of an image."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import LayerError
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._margins import Margins, has_margins, stated_margins
from blobnet.layers.vision._pooling_by_axes import PoolingByAxes
from blobnet.layers.vision._spatial import (
    is_dilated_too_wide,
    pooled_size,
    pooling_window,
    rounds_down,
)
from blobnet.loggers import named_logger
from blobnet.ops import pooling, stochastic_pooling
from blobnet.ops.pooling_argmax import argmax_dtype, argmax_positions
from blobnet.ops.window import pixel_shares, sees_pixels, window_counts
from blobnet.ops.workspace import scratch
from blobnet.proto import TEST, TRAIN, PoolingParameter
from blobnet.types import Array, DType, Shape

_log = named_logger("blobnet.layers.pooling")


@register_layer("Pooling")
class Pooling(Layer):
    """The maximum, the average or a random value of each window that slides over an image.

    bottom[0]  x: (N, C, H, W)        N: all axes before `axis`, which is that of C; behind it may
                                      be more than two, as in the OpenCL branch and Intel's fork
    top[0]     y: (N, C, *places)     places on each axis: (size + 2 pad - kernel) / stride + 1,
                                      rounded up unless `round_mode` is FLOOR or `ceil_mode` is
                                      false; with padding, a last window that would begin in the
                                      end's padding is dropped
    top[1]     mask: (N, C, *places)  MAX only, optional: where in its H x W plane each maximum
                                      stands, row * W + column; -1 where nothing exceeds -FLT_MAX

    MAX         the first of equal values wins; padding, NaN and what is below -FLT_MAX never do
    AVE         the divisor counts padding, but not what a window has beyond it; without
                `avg_include_pad`, it counts the image's pixels alone
    AVE_EXC_PAD, AVE_TF  of Synopsys: AVE without `avg_include_pad`
    STOCHASTIC  TRAIN: x with probability x / sum(x);  TEST: sum(x * x) / sum(x), 0 for no sum

    Synopsys' `pad_l`, `pad_r`, `pad_t` and `pad_b` are padding at each side, instead of `pad`;
    `pad_type: 1` has as much as TensorFlow's "SAME": places = size / stride, rounded up; a `pad`
    beside it means nothing, as in the fork's versions of before July 2018.
    `global_pooling` makes one window of the whole image, of whatever size. With a stride larger
    than the kernel, rounding up counts windows that lie beside the image: MAX gives -FLT_MAX there,
    AVE NaN or 0, STOCHASTIC 0. That is said in a warning; in TRAIN, all but 0 is an error.
    Over more than two axes there is no mask and no STOCHASTIC; `kernel_size`, `stride`, `pad` and
    `dilation` may be repeated, once per axis.
    With `dilation` d a kernel reaches over d (kernel - 1) + 1 pixels and sees every d-th.

    Proto: PoolingParameter.  Caffe: pooling_layer.cpp, pooling_layer.cu.
    """

    formula = "MAX: y = the largest x in the window;  AVE: y = sum of x in the window / its size"
    gradient_formula = (
        "MAX and STOCHASTIC give dy to the chosen x, AVE dy / divisor to every x of the window, "
        "STOCHASTIC in TEST dy (2 x - y) / sum(x); windows that overlap add up."
    )

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    can_be_recorded = True
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = param = self.pooling_param()
        excluding = (PoolingParameter.AVE_EXC_PAD, PoolingParameter.AVE_TF)
        self._pool = PoolingParameter.AVE if param.pool in excluding else param.pool
        self._counts_padding = param.avg_include_pad and param.pool not in excluding
        if self._pool != PoolingParameter.MAX and len(top) > 1:
            raise self.error(
                "Pooling Layer produces at most 1 top blob(s) as output.",
                got=f"{len(top)} with pool {PoolingParameter.PoolMethod.Name(self._pool)}",
                fix="only MAX has a mask to give",
            )
        self._axis = bottom[0].canonical_axis(param.axis)
        self._dims = max(bottom[0].num_axes - self._axis - 1, 2)
        self._check_images(bottom)
        self._window = pooling_window(self, param, bottom[0].shape[self._axis + 1 :])
        self._round_down = rounds_down(self, param)
        self._has_margins = has_margins(self, param)
        if self._dims > 2:
            self._check_volumes(top)
        self._margins = Margins((0, 0), (0, 0))
        if self._has_margins and len(top) > 1:
            raise self.error("padding that differs from side to side has no mask", fix="write pad")
        has_padding = any(self._window.pad) or self._has_margins
        if self._pool == PoolingParameter.STOCHASTIC and has_padding:
            raise self.error("Padding implemented only for average and max pooling.")
        self.backward_reads_bottom = (
            self._pool == PoolingParameter.STOCHASTIC and self.phase == TEST
        )
        self.can_be_recorded = len(top) == 1 and self._pool != PoolingParameter.STOCHASTIC
        self.can_be_recorded &= self._counts_padding and not self._has_margins and self._dims == 2
        self._by_axes: PoolingByAxes | None = None
        self._argmax: Array = np.zeros(0)
        self._keeps_argmax, self._gives_mask = True, len(top) > 1
        self._sizes: tuple[Shape, Shape] = ((), ())
        self._is_said = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._check_images(bottom)
        param = self._param
        outer, size = bottom[0].shape[: self._axis + 1], bottom[0].shape[self._axis + 1 :]
        if param.global_pooling:
            if 0 in size:
                raise self.error("Input dimensions cannot be zero.", got=f"size {size}")
            self._window = self._window._replace(kernel=size)
        if self._has_margins:
            self._margins = stated_margins(param, self._window, size)
            places = self._places_in_margins(size)
            size = self._margins.size(size)
        else:
            places = pooled_size(self._window, size, round_down=self._round_down)
        if any(count < 1 for count in places) or is_dilated_too_wide(self._window, size):
            raise self.error(
                "the kernel does not fit into the padded input",
                got=f"input {size} under kernel {self._window.kernel}, pad {self._window.pad}, "
                f"dilation {self._window.dilation}",
                fix="feed larger images, choose a smaller kernel, or set global_pooling",
            )
        for blob in top:
            blob.reshape((*outer, *places))
        if self._dims > 2:
            self._reshape_volumes(math.prod(outer), size, places)
            return
        if self._sizes != (size, places):
            self._sizes = (size, places)
            self._look_for_empty_windows(size, places)
        if self._pool != PoolingParameter.AVE and self._keeps_argmax:
            dtype = argmax_dtype(self._window, size)
            shape = math.prod(outer[:-1]), outer[-1], *places
            if (self._argmax.shape, self._argmax.dtype) != (shape, dtype):
                self._argmax = np.zeros(shape, dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._by_axes is not None:
            self._by_axes.forward(bottom[0].data, top[0].data)
            return
        if self._is_harmful and self.phase == TRAIN:
            raise self._empty_windows()
        x, y, window = self._images(bottom[0].data), self._images(top[0].data), self._window
        if self._has_margins:
            x = self._margins.around(x, 0 if self._pool == PoolingParameter.AVE else -np.inf)
        if self._pool == PoolingParameter.AVE:
            pooling.average_forward(x, window, y)
            if not self._counts_padding:
                np.multiply(y, self._pixel_shares(y.dtype), out=y)
        elif self._pool == PoolingParameter.MAX:
            pooling.max_forward(x, window, y, self._argmax if self._keeps_argmax else None)
            if len(top) > 1:
                positions = argmax_positions(self._argmax, window, x.shape[2:])
                self._images(top[1].data)[...] = positions
        elif self.phase == TRAIN:
            threshold = 1 - self.rng.random(y.shape, x.dtype)
            stochastic_pooling.sample(x, window, threshold, y, self._argmax)
        else:
            stochastic_pooling.expected_forward(x, window, y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self._by_axes is not None:
            self._by_axes.backward(top[0].diff, bottom[0].diff)
            return
        dx, dy, window = self._images(bottom[0].diff), self._images(top[0].diff), self._window
        target = dx
        if self._has_margins:
            dx = self._margins.around(dx, 0)
        if self._pool == PoolingParameter.AVE:
            if not self._counts_padding:
                shares = self._pixel_shares(dy.dtype)
                dy = np.multiply(dy, shares, out=scratch("pixel shares", dy.shape, dy.dtype))
            pooling.average_backward(dy, window, dx)
        elif self._pool == PoolingParameter.MAX or self.phase == TRAIN:
            pooling.max_backward(dy, self._argmax, window, dx)
        else:
            stochastic_pooling.expected_backward(self._images(bottom[0].data), dy, window, dx)
        if self._has_margins:
            np.copyto(target, self._margins.inside(dx))

    def forget_from_now_on(self) -> None:
        """Where a maximum stands only backward asks, or a mask."""
        self._keeps_argmax = self._pool != PoolingParameter.MAX or self._gives_mask
        if not self._keeps_argmax:
            self._argmax = np.zeros(0)

    def pooling_param(self) -> PoolingParameter:
        """The settings. SumPooling has a message of its own."""
        return self.layer_param_.pooling_param

    def _check_volumes(self, top: Blobs) -> None:
        if self._pool == PoolingParameter.STOCHASTIC or self._has_margins or len(top) > 1:
            raise self.error(
                "STOCHASTIC, a mask, and padding that differs from side to side are for two axes",
                got=f"{self._dims} spatial axes",
            )

    def _reshape_volumes(self, images: int, size: Shape, places: Shape) -> None:
        if self._by_axes is not None and self._sizes == ((images, *size), places):
            return
        self._sizes = ((images, *size), places)
        self._by_axes = PoolingByAxes(
            self._window, images, size, places, self.dtype,
            is_max=self._pool == PoolingParameter.MAX, counts_padding=self._counts_padding,
        )  # fmt: skip
        if self._by_axes.has_empty_windows:
            raise self._empty_windows()

    def _places_in_margins(self, size: Shape) -> Shape:
        """As `pooled_size` has them, with padding of each side."""
        if self._param.pad_type:
            steps = zip(size, self._window.stride, strict=True)
            return tuple(-(-length // stride) for length, stride in steps)
        places = []
        inner = self._window._replace(pad=(0, 0))
        all_in = pooled_size(inner, self._margins.size(size), round_down=self._round_down)
        for count, length, stride, (front, _) in zip(
            all_in, size, self._window.stride, self._margins, strict=True
        ):
            places.append(count - ((count - 1) * stride >= length + front))
        return tuple(places)

    def _pixel_shares(self, dtype: DType) -> Array:
        """What makes of averages that count padding those that do not."""
        if not self._has_margins:
            return pixel_shares(self._window, *self._sizes, dtype)
        size, places = self._sizes
        ones = np.zeros((1, 1, *size), dtype)
        self._margins.inside(ones)[...] = 1
        share = np.empty((1, 1, *places), dtype)
        pooling.average_forward(ones, self._window, share)
        shares: Array = np.divide(1, share, out=np.zeros_like(share), where=share > 0)[0, 0]
        return shares

    def _look_for_empty_windows(self, size: Shape, places: Shape) -> None:
        """Say once where windows lie beside the image; what they give must not be learned from."""
        is_empty = ~sees_pixels(self._window, size, places)
        self._is_harmful = bool(is_empty.any()) and self._pool == PoolingParameter.MAX
        if is_empty.any() and self._pool == PoolingParameter.AVE:
            counts = window_counts(self._window, size, places, self.dtype)
            self._is_harmful = not counts[is_empty].all()  # 0 / 0; the others give 0
        is_refused = self._is_harmful and self.phase == TRAIN
        if is_empty.any() and not is_refused and not self._is_said:
            self._is_said = True
            _log.warning("%s", self._empty_windows())

    def _empty_windows(self) -> LayerError:
        given = {PoolingParameter.MAX: "-3.4e38", PoolingParameter.AVE: "NaN or 0"}
        return self.error(
            "the last windows lie beside the image, where there is nothing to pool: as in Caffe "
            f"they give {given.get(self._pool, '0')}",
            expected="windows that see at least one pixel",
            got=f"places {self._sizes[1]} on images of {self._sizes[0]} for kernel "
            f"{self._window.kernel} and stride {self._window.stride}",
            fix="write `round_mode: FLOOR` in pooling_param, or choose a stride of at most the "
            "kernel",
        )

    def _check_images(self, bottom: Blobs) -> None:
        if bottom[0].num_axes == self._axis + 1 + self._dims:
            return
        raise self.error(
            "Input must have 4 axes, corresponding to (num, channels, height, width)"
            if self._axis == 1
            else f"Input must have two axes behind axis {self._axis}: height and width",
            got=f"shape {bottom[0].shape}",
        )

    def _images(self, array: Array) -> Array:
        """A blob's data or diff as (N, C, height, width)."""
        if self._axis == 1:
            return array
        images: Array = array.reshape(math.prod(array.shape[: self._axis]), *array.shape[-3:])
        return images
