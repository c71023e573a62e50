"""Unpooling: larger images; each value goes where a pooling found it, or fills a window."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops import pooling
from blobnet.ops.window import Window, window_counts
from blobnet.proto import UnPoolingParameter
from blobnet.types import Array, IntArray


@register_layer("Unpooling")
class Unpooling(Layer):
    """The reverse of a pooling with `kernel_size` and `stride`.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  mask: (N, C, H, W)   MAX only, optional: where in its plane each value goes, row *
                                    width + column, as the second top of a Pooling layer says
    top[0]     y: (N, C, h, w)      `unpool_size`, or `unpool_h` and `unpool_w`

    MAX   y is 0 but for the values of x: at the mask's places, or where their windows begin; of
          several for one place the last one stays
    AVE   a value is spread over its window, each pixel getting its share; windows add up
    TILE  each pixel of the window gets the whole value

    Without a size, y is as large as the windows reach, or one stride further and one pixel if that
    is more.

    Proto: UnPoolingParameter.  Caffe: unpooling_layer.cpp of DeconvNet (HyeonwooNoh/caffe) and of
    huangyangyu/SeqFace; sums begin at 0 as on the GPU.  Paper: Noh et al., "Learning Deconvolution
    Network for Semantic Segmentation", ICCV 2015.
    """

    formula = "y[mask] = x, 0 elsewhere; AVE: y = sum of x / size over the windows of a pixel"
    gradient_formula = (
        "dx = dy[mask]; AVE and TILE: the mean of dy in the window, for TILE no derivative."
    )

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.unpooling_param
        has_own = param.HasField("unpool")
        self._unpool = param.unpool if has_own else UnPoolingParameter.MAX
        if self._unpool not in (
            UnPoolingParameter.MAX,
            UnPoolingParameter.AVE,
            UnPoolingParameter.TILE,
        ):
            raise self.error("Unknown unpooling method.", expected="MAX, AVE or TILE")
        self.backward_reads_bottom = len(bottom) == 2
        kernel, stride = self._pair("kernel", "kernel_size"), self._pair("stride", "stride")
        if any(self._pair("pad", "pad")):
            raise self.error("currently, only zero padding is allowed.")
        if min(*kernel, *stride) < 1:
            raise self.error(
                "kernel and stride must be at least 1", got=f"kernel {kernel}, stride {stride}"
            )
        self._window = Window(kernel, stride, (0, 0), (1, 1))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, window = bottom[0].shape, self._window
        if len(x) != 4 or any(blob.shape != x for blob in bottom):
            raise self.error(
                "values and mask must be images of one size",
                expected="shape (N, C, H, W)",
                got=", ".join(str(blob.shape) for blob in bottom),
            )
        stated = self._pair("unpool", "unpool_size")
        reach = tuple(
            max((count - 1) * stride + kernel, count * stride + 1)
            for count, stride, kernel in zip(x[2:], window.stride, window.kernel, strict=True)
        )
        self._size = stated if any(stated) else reach
        lasts = [(count - 1) * stride for count, stride in zip(x[2:], window.stride, strict=True)]
        is_sum = self._unpool != UnPoolingParameter.MAX
        if is_sum and any(last >= size for last, size in zip(lasts, self._size, strict=True)):
            raise self.error(
                "windows lie beside the image",
                expected=f"a size of more than {tuple(lasts)}",
                got=f"{self._size}",
            )
        top[0].reshape((*x[:2], *self._size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if self._unpool == UnPoolingParameter.MAX:
            y.fill(0)
            np.put_along_axis(self._planes(y), self._places(bottom), self._planes(x), axis=1)
            return
        if self._unpool == UnPoolingParameter.TILE:
            x = x * window_counts(self._window, self._size, x.shape[2:], x.dtype)
        pooling.average_backward(x, self._window, y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down[1:]):
            bottom[1].diff.fill(0)
        if not propagate_down[0]:
            return
        dx, dy = bottom[0].diff, top[0].diff
        if self._unpool == UnPoolingParameter.MAX:
            found = np.take_along_axis(self._planes(dy), self._places(bottom), axis=1)
            self._planes(dx)[...] = found
        else:
            pooling.average_forward(dy, self._window, dx)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _places(self, bottom: Blobs) -> IntArray:
        """Where in its plane each value goes: (planes, H W), or one row for all planes."""
        if len(bottom) == 1:
            rows, columns = (
                np.minimum(np.arange(count) * stride, size - 1)
                for count, stride, size in zip(
                    bottom[0].shape[2:], self._window.stride, self._size, strict=True
                )
            )
            places = (rows[:, None] * self._size[1] + columns).reshape(1, -1)
            return np.broadcast_to(places, self._planes(bottom[0].data).shape)
        mask, pixels = bottom[1].data, self._size[0] * self._size[1]
        if mask.size and not (mask.min() > -1 and mask.max() < pixels):  # or NaN
            raise self.error(
                f"the mask is out of range: {mask.min():g} to {mask.max():g}",
                expected=f"0 to {pixels - 1}, the places of {self._size[0]} x {self._size[1]}",
                fix="state the size of the images that the Pooling layer made the mask of",
            )
        return self._planes(mask).astype(np.int64)

    def _planes(self, array: Array) -> Array:
        planes: Array = array.reshape(math.prod(array.shape[:2]), math.prod(array.shape[2:]))
        return planes

    def _pair(self, name: str, both: str) -> tuple[int, int]:
        """A setting of both axes, stated once or for each."""
        param = self.layer_param_.unpooling_param
        stated = [param.HasField(f"{name}_{axis}") for axis in "hw"]
        if any(stated) and (param.HasField(both) or not all(stated)):
            raise self.error(f"write {both}, or both {name}_h and {name}_w")
        if all(stated):
            return getattr(param, f"{name}_h"), getattr(param, f"{name}_w")
        return getattr(param, both), getattr(param, both)
