"""Convolution: weighted sums of what a sliding window sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.inference.fusion import (
    channel_affine,
    fold_affine,
    fold_front,
    joined_affine,
    leaky_slope,
)
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.vision._base_convolution import BaseConvolution
from blobnet.layers.vision._fused import Fused, fused
from blobnet.layers.vision._margins import Margins, has_margins, stated_margins
from blobnet.layers.vision._packed_weights import PackedWeights
from blobnet.layers.vision._spatial import check_output_size
from blobnet.ops import conv
from blobnet.ops.conv import blocked, winograd_four
from blobnet.ops.conv.blocked import BLOCK, Layout
from blobnet.ops.eltwise import weighted_sum
from blobnet.ops.recording import record
from blobnet.types import Array, Shape


@register_layer("Convolution")
class Convolution(BaseConvolution):
    """Slides learned filters over any number of spatial axes (cross-correlation).

    bottom[i]  x: (N, C, *size)            N: all axes before `axis`, which is that of C
    top[i]     y: (N, O, *places)          O = `num_output`, places on each axis:
                                           (size + 2 pad - dilation (kernel - 1) - 1) // stride + 1
    blobs_[0]  W: (O, C / group, *kernel)  outputs of a group see the inputs of that group
    blobs_[1]  b: (O,)                     absent when `bias_term` is false

    Around x there are zeros. All bottoms have one shape and share the weights; with no spatial
    axes this is an inner product. `engine` and `force_nd_im2col` change nothing. DeepLab's
    `hole`, ParseNet's `filter_stride` and TSN's `dilation_h` and `dilation_w` are `dilation`.

    Synopsys' `pad_l`, `pad_r`, `pad_t` and `pad_b` are zeros at each side, instead of `pad`;
    `pad_type: 1` has as many as TensorFlow's "SAME": places = size / stride, rounded up; a `pad`
    beside it means nothing, as in the fork's versions of before July 2018.

    Intel's `relu` puts a rectifier behind, with `negative_slope`, and `fusion_type` SUM_FUSION
    adds bottom[1], of the shape of the one top, before it. The OpenCL branch writes the same as
    `fuse_type` FUSED_CONV_RELU, with `relu_param`, and FUSED_CONV_ELTWISE_RELU.

    Proto: ConvolutionParameter.  Caffe: conv_layer.cpp, base_conv_layer.cpp; of Intel
    (intel/caffe) mkldnn_convolution_layer.cpp, of the branch opencl conv_layer_spatial.cpp.
    """

    formula = (
        "y[n, o, p] = b[o] + sum over c, k of W[o, c, k] * x[n, c, stride p + dilation k - pad]"
    )
    gradient_formula = (
        "dW[o, c, k] += the sum over n, p of dy[n, o, p] times the x above it,  db += dy summed "
        "over n, p  (of every bottom in turn);  dx = the sum of W dy over all that saw that x."
    )

    backward_reads_top = False
    can_be_recorded = True
    takes_margins = True

    def fused(self) -> Fused:
        return fused(self)

    def weight_channels(self, channels: int, num_output: int, group: int) -> tuple[int, int]:
        return num_output, channels // group

    def output_size(self, size: Shape) -> Shape:
        if self._has_margins:
            self._margins = stated_margins(self.layer_param_.convolution_param, self._window, size)
            size = self._margins.size(size)
        places = self._window.output_size(size)
        check_output_size(self, self._window, size, places)
        return places

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._has_margins = has_margins(self, self.layer_param_.convolution_param)
        self._margins = Margins((0, 0), (0, 0))
        self.can_be_recorded = not self._has_margins
        self.backward_reads_top = self._behind.slope is not None
        self._fused: Sequence[Layer] = ()  # layers behind, whose factors and shifts it takes in
        own_slope = None if self._behind.has_sum else self._behind.slope
        self._slope = 1.0 if own_slope is None else own_slope  # of a rectifier behind
        self._folded: tuple[Array, Array] | None = None
        self._is_transforming = False  # the weights, as `winograd_four` needs them
        self._frequencies: Array | None = None
        self._packed: PackedWeights | None = None

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        weight, bias = self._folded or self._weight_and_bias()
        for x, y in zip(self.convolved(bottom), top, strict=True):
            arrays = self._seen(x.data), weight, bias, self._window, self._images(y.data)
            if self._packed is not None:
                self._packed.forward(*arrays, self._slope)
            elif self._is_transforming and winograd_four.suits(*arrays):
                winograd_four.forward(*arrays, self._transformed(weight), self._slope)
            else:
                conv.forward(*arrays, self._slope)
        if self._behind.has_sum:
            slope = self._behind.slope
            summands = [top[0].data, bottom[1].data]
            weighted_sum(summands, [1, 1], out=top[0].data, slope=1.0 if slope is None else slope)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        weight = self.blobs_[0]
        if self._behind.has_sum and propagate_down[1]:
            np.copyto(bottom[1].diff, self._behind.backward(top[0].data, top[0].diff))
        convolved = self.convolved(bottom)
        for x, y, wanted in zip(convolved, top, propagate_down[: len(convolved)], strict=True):
            dy = self._images(self._behind.backward(y.data, y.diff))
            if self._has_bias and self.param_propagate_down_[1]:
                conv.bias_gradient(dy, self.blobs_[1].diff.reshape(-1))
            if self.param_propagate_down_[0]:
                conv.weight_gradient(self._seen(x.data), dy, self._window, weight.diff)
            if wanted and self._has_margins:
                dx = self._margins.around(self._images(x.diff), 0)
                conv.input_gradient(dy, weight.data, self._window, dx)
                np.copyto(self._images(x.diff), self._margins.inside(dx))
            elif wanted:
                conv.input_gradient(dy, weight.data, self._window, self._images(x.diff))

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """Every output value is a sum over what one filter sees."""
        return sum(blob.count for blob in top) * self.blobs_[0].count(1)

    def _seen(self, array: Array) -> Array:
        """A bottom's images, in their margins where they have such."""
        images = self._images(array)
        return self._margins.around(images, 0) if self._has_margins else images

    def _weight_and_bias(self) -> tuple[Array, Array | None]:
        return self.blobs_[0].data, self.blobs_[1].data.reshape(-1) if self._has_bias else None

    # --- the inference mode: see inference/fusion.py ------------------------------------------

    def folded(self, followers: Sequence[Layer]) -> tuple[Array, Array] | None:
        if not self._ends_with_sums():
            return None
        return fold_affine(*self._weight_and_bias(), followers)

    def folded_front(
        self, leaders: Sequence[Layer], channels: int, weight: Array, bias: Array
    ) -> tuple[Array, Array] | None:
        if len(self.layer_param_.bottom) != 1 or self._axis != 1:
            return None
        has_edges = self._has_margins or any(self._window.pad)
        if has_edges and joined_affine(leaders, channels)[1].any():
            return None
        return fold_front(weight, bias, leaders, channels)

    def _ends_with_sums(self) -> bool:
        """Whether it makes one top, in which nothing comes behind the weighted sums of images."""
        is_fit = len(self.layer_param_.bottom) == 1 and self._axis == 1
        return is_fit and self._behind.slope is None

    def fuse(self, followers: Sequence[Layer]) -> bool:
        slope = leaky_slope(followers[-1])
        affine = followers if slope is None else followers[:-1]
        if not self._ends_with_sums():
            return False
        if any(channel_affine(layer) is None for layer in affine):
            return False
        self._fused, self._slope = affine, 1.0 if slope is None else slope
        return True

    def transform_from_now_on(self) -> bool:
        if self._has_margins:
            return False
        shape, weight = self._bottom_shape, self.blobs_[0]
        places = self._window.output_size(shape[2:])
        self._is_transforming = self._axis == 1 and winograd_four.pays(
            shape, weight.shape, (shape[0], self._num_output, *places), self._window
        )
        return self._is_transforming or self._may_be_packed()

    def _may_be_packed(self) -> bool:
        is_plain = not (self._has_margins or self._behind.has_sum) and self._ends_with_sums()
        fits = self.blobs_[0].num_axes == 4 and self._num_output >= BLOCK
        return is_plain and fits and self.dtype == np.float32

    def gains_by_blocks(self) -> bool:
        return blocked.is_depthwise(self._bottom_shape[1], self.blobs_[0].shape)

    def may_lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> bool:
        return self._suits(Layout(bottom[0], top[0]))

    def lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> None:
        layout = Layout(bottom[0], top[0])
        if not self._suits(layout):
            self._packed = None
        elif self._packed is None or self._packed.layout != layout:
            self._packed = PackedWeights(layout, self._bottom_shape[1])

    def _suits(self, layout: Layout) -> bool:
        """Whether weights in blocks of outputs serve, and images that lie so."""
        if self._is_transforming or not self._may_be_packed():
            return False
        shape, weight = self._bottom_shape, self.blobs_[0]
        y = shape[0], self._num_output, *self._window.output_size(shape[2:])
        return blocked.suits(shape, weight.shape, y, self._window, layout)

    def fold(self) -> None:
        if self._fused:  # a rectifier alone leaves the weights as they are
            folded = fold_affine(*self._weight_and_bias(), self._fused)
            if self._folded is None:
                self._folded = folded
            for array, values in zip(self._folded, folded, strict=True):
                np.copyto(array, values)  # into the same memory: kernels may know where it is
        if self._packed is not None:
            self._packed.renew(*(self._folded or self._weight_and_bias()))
        if self._frequencies is not None:
            weight, _ = self._folded or self._weight_and_bias()
            winograd_four.transformed(weight, out=self._frequencies)

    def _transformed(self, weight: Array) -> Array:
        if self._frequencies is None:
            with record():  # of which a program is to know nothing
                self._frequencies = winograd_four.transformed(weight)
        return self._frequencies
