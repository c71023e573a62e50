"""Deconvolution: the transpose of a convolution, which enlarges images."""

from __future__ import annotations

import operator
from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.inference.fusion import fold_affine
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.vision._base_convolution import BaseConvolution
from blobnet.ops import conv
from blobnet.ops.broadcast import shift
from blobnet.types import Array, Shape


@register_layer("Deconvolution")
class Deconvolution(BaseConvolution):
    """Lays learned filters over any number of spatial axes, once for every value, and adds up.

    bottom[i]  x: (N, C, *places)          N: all axes before `axis`, which is that of C
    top[i]     y: (N, O, *size)            O = `num_output`, size on each axis:
                                           stride (places - 1) + dilation (kernel - 1) + 1 - 2 pad
    blobs_[0]  W: (C, O / group, *kernel)  inputs of a group make the outputs of that group
    blobs_[1]  b: (O,)                     absent when `bias_term` is false

    What would land outside of y is dropped. This is a convolution's way from dy to dx. All
    bottoms have one shape and share the weights; with no spatial axes this is an inner product.
    `engine` and `force_nd_im2col` change nothing. The dilation has the other names that
    Convolution knows, too. caffe-windows' `shape_offset`, for each axis less than the stride, is
    added to size.

    To enlarge by a factor f: stride f, kernel_size 2f - f % 2, pad ceil((f - 1) / 2), a `bilinear`
    filler, no bias, and as many groups as channels.

    Proto: ConvolutionParameter.  Caffe: deconv_layer.cpp, base_conv_layer.cpp; the former of
    caffe-windows (happynear/caffe-windows), too.
    """

    formula = (
        "y[n, o, stride p + dilation k - pad] += W[c, o, k] * x[n, c, p] for all c, p, k;  y += b"
    )
    gradient_formula = (
        "dW[c, o, k] += the sum over n, p of x[n, c, p] times the dy that it went to,  db += dy "
        "summed over n and places  (of every bottom in turn);  dx = the convolution of dy with W."
    )

    backward_reads_top = False
    can_be_recorded = True

    def weight_channels(self, channels: int, num_output: int, group: int) -> tuple[int, int]:
        return channels, num_output // group

    def output_size(self, size: Shape) -> Shape:
        offset = self._shape_offset(len(size))
        enlarged = tuple(map(operator.add, self._window.input_size(size), offset))
        if any(length < 1 for length in enlarged):
            raise self.error(
                "the padding leaves nothing of the output",
                expected="stride (size - 1) + dilation (kernel - 1) + 1 - 2 pad of at least 1",
                got=f"{enlarged} from spatial axes {size} with kernel {self._window.kernel}, "
                f"stride {self._window.stride}, pad {self._window.pad}, "
                f"dilation {self._window.dilation}",
                fix="choose a smaller pad, or feed larger inputs",
            )
        return enlarged

    def _shape_offset(self, dims: int) -> Shape:
        offset = tuple(self.layer_param_.convolution_param.shape_offset) or (0,) * dims
        if len(offset) != dims or any(map(operator.ge, offset, self._window.stride)):
            raise self.error(
                "shape_offset tells which of the sizes that shrink to the bottom's the top has",
                expected=f"{dims} numbers, each less than the stride",
                got=f"{offset} for stride {self._window.stride}",
            )
        return offset

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        weight = self.blobs_[0].data
        for x, y in zip(bottom, top, strict=True):
            conv.input_gradient(self._images(x.data), weight, self._window, self._images(y.data))
            if self._has_bias:
                images = self._images(y.data)
                shift(images, self.blobs_[1].data.reshape(-1), 1, out=images)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        weight = self.blobs_[0]
        for x, y, wanted in zip(bottom, top, propagate_down, strict=True):
            dy = self._images(y.diff)
            if self._has_bias and self.param_propagate_down_[1]:
                conv.bias_gradient(dy, self.blobs_[1].diff.reshape(-1))
            if self.param_propagate_down_[0]:
                conv.weight_gradient(dy, self._images(x.data), self._window, weight.diff)
            if wanted:
                conv.forward(dy, weight.data, None, self._window, self._images(x.diff))

    def folded(self, followers: Sequence[Layer]) -> tuple[Array, Array] | None:
        if len(self.layer_param_.bottom) != 1 or self._axis != 1:
            return None
        stored, (_, group) = self.blobs_[0].data, self.outputs_and_groups()
        channels, outputs = len(stored) // group, self._num_output // group
        weight = stored.reshape(group, channels, outputs, -1).swapaxes(1, 2)  # outputs before
        bias = self.blobs_[1].data.reshape(-1) if self._has_bias else None
        weight, bias = fold_affine(weight.reshape(self._num_output, channels, -1), bias, followers)
        again = weight.reshape(group, outputs, channels, -1).swapaxes(1, 2)
        return again.reshape(stored.shape), bias

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """Every input value is multiplied with each weight that starts from its channel."""
        return sum(blob.count for blob in bottom) * self.blobs_[0].count(1)
