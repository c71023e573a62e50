"""Im2col: what a sliding window sees at each place, written out as channels."""

from __future__ import annotations

import math
from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._spatial import check_output_size, convolution_window
from blobnet.layers.vision._unfused import refuse_fused
from blobnet.ops.im2col import col2im, im2col
from blobnet.types import Array


@register_layer("Im2col")
class Im2col(Layer):
    """Every window of an image as a column.

    bottom[0]  x: (N, C, *size)                N: all axes before `axis`, which is that of C
    top[0]     y: (N, C * kernel, *places)     the product of all kernel sizes, places on each axis:
                                               (size + 2 pad - dilation (kernel - 1) - 1) // stride
                                               + 1

    y[n, (c, k), p] = x[n, c, stride p + dilation k - pad], and 0 outside of x. Of the message only
    `axis` and the window count; `force_nd_im2col` changes nothing.

    Proto: ConvolutionParameter.  Caffe: im2col_layer.cpp.
    """

    formula = "The columns that a convolution multiplies with its weights."
    gradient_formula = "dx = the sum of dy over all places of y that show that x."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_fused(self, "shape_offset")
        param = self.layer_param_.convolution_param
        self._axis = bottom[0].canonical_axis(param.axis)
        dims = bottom[0].num_axes - self._axis - 1
        if dims < 1:
            raise self.error(
                "there are no spatial axes to slide over",
                expected=f"at least one axis behind axis {self._axis}, that of the channels",
                got=f"bottom shape {bottom[0].shape}",
            )
        self._window = convolution_window(self, param, dims)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        shape, num_axes = bottom[0].shape, self._axis + 1 + len(self._window.kernel)
        if len(shape) != num_axes:
            raise self.error(
                "bottom num_axes may not change.", expected=f"{num_axes} axes", got=shape
            )
        size = shape[self._axis + 1 :]
        places = self._window.output_size(size)
        check_output_size(self, self._window, size, places)
        channels = shape[self._axis] * math.prod(self._window.kernel)
        top[0].reshape((*shape[: self._axis], channels, *places))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        im2col(self._images(bottom[0].data), self._window, self._columns(top[0].data))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            col2im(self._columns(top[0].diff), self._window, self._images(bottom[0].diff))

    def _images(self, array: Array) -> Array:
        """The bottom's data or diff as (N * C, *size)."""
        size = array.shape[self._axis + 1 :]
        images: Array = array.reshape(math.prod(array.shape[: self._axis + 1]), *size)
        return images

    def _columns(self, array: Array) -> Array:
        """The top's data or diff as (N * C, *kernel, *places)."""
        kernel, places = self._window.kernel, array.shape[self._axis + 1 :]
        count = math.prod(array.shape[: self._axis + 1]) // math.prod(kernel)
        columns: Array = array.reshape(count, *kernel, *places)
        return columns
