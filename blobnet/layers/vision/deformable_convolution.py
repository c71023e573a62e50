"""DeformableConvolution: a convolution whose taps a second bottom moves, each at each place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._spatial import check_output_size, convolution_window
from blobnet.netdef.upgrade_fields import copy_fields
from blobnet.ops.product import add_matmul, matmul
from blobnet.ops.sampling import Taps, sample, slopes, spread, taps_inside
from blobnet.ops.workspace import scratch
from blobnet.proto import ConvolutionParameter
from blobnet.types import Array


@register_layer("DeformableConvolution")
class DeformableConvolution(Layer):
    """Convolution that reads each tap where an offset says, between the pixels.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  offsets: (N, G * 2 K, *places)   of each of G groups of channels and each of the K
                                                taps, row by row: how far down, how far to the right
    top[0]     y: (N, M, *places)    M = `num_output`; places as of Convolution
    blobs_[0]  W: (M, C / group, *kernel)
    blobs_[1]  b: (M,)               absent when `bias_term` is false

    A tap that is moved out of the image sees 0; between the last pixel and the end of the image it
    sees the last pixel. G is `deformable_group`, or what the offsets have where it is not stated
    (its default is 4 in some copies, 1 in others). `engine` and `force_nd_im2col` change nothing.

    Proto: DeformableConvolutionParameter.  Caffe: deformable_conv_layer.cu of
    unsky/Deformable-ConvNets-caffe.
    """

    formula = "y[p] = sum over taps of W[tap] @ x[stride p + dilation tap - pad + offset[tap, p]]."
    gradient_formula = (
        "Derivatives by x, offsets, W and b, for all items of a batch: the fork's gradients of "
        "batches are those of the first item only, by mistake."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.deformable_convolution_param
        if bottom[0].num_axes != 4 or bottom[0].canonical_axis(param.axis) != 1:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}, axis {param.axis}",
            )
        of_convolution = ConvolutionParameter()  # which has these fields and more
        copy_fields(param, of_convolution, skip=("engine", "deformable_group"))
        self._window = convolution_window(self, of_convolution, 2)
        self._C, self._M, self._group = bottom[0].shape[1], param.num_output, param.group
        if self._M < 1 or self._group < 1 or self._C < 1:
            raise self.error("num_output, group and the channels must be at least 1")
        if self._C % self._group or self._M % self._group:
            raise self.error(
                "Number of channels and of output should be multiples of group.",
                got=f"{self._C} channels, num_output {self._M}, group {self._group}",
            )
        self._G = self._deformable_groups(bottom)
        self._has_bias = param.bias_term
        weight_shape = (self._M, self._C // self._group, *self._window.kernel)
        self.init_blob(0, weight_shape, param.weight_filler)
        if self._has_bias:
            self.init_blob(1, (self._M,), param.bias_filler)

    def _deformable_groups(self, bottom: Blobs) -> int:
        param = self.layer_param_.deformable_convolution_param
        offsets = bottom[1].shape[1] if bottom[1].num_axes == 4 else 0
        taps = 2 * self._window.kernel[0] * self._window.kernel[1]
        groups = param.deformable_group
        if not param.HasField("deformable_group"):
            groups = offsets // taps
        if groups < 1 or self._C % groups or offsets != groups * taps:
            raise self.error(
                "the offsets do not fit",
                expected=f"(N, G * {taps}, *places): two for each tap and each of G groups, into "
                f"which {self._C} channels can be parted",
                got=f"bottom[1] of shape {bottom[1].shape}, deformable_group {groups}",
            )
        return groups

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, size = bottom[0].shape, bottom[0].shape[2:]
        if len(shape) != 4 or shape[1] != self._C:
            raise self.error(
                "Input size incompatible with convolution kernel.",
                expected=f"(N, {self._C}, H, W)",
                got=f"shape {shape}",
            )
        places = self._window.output_size(size)
        check_output_size(self, self._window, size, places)
        taps = self._window.kernel[0] * self._window.kernel[1]
        expected = (shape[0], self._G * 2 * taps, *places)
        if bottom[1].shape != expected:
            raise self.error(
                "the offsets do not fit: they must be as large as the output",
                expected=f"shape {expected}",
                got=f"shape {bottom[1].shape}",
            )
        top[0].reshape((shape[0], self._M, *places))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for x, offsets, y in zip(bottom[0].data, bottom[1].data, top[0].data, strict=True):
            columns = self._columns(x, self._taps(offsets, x))
            for weight, part, out in self._by_group(self.blobs_[0].data, columns, y):
                matmul(weight, part, out=out)
        if self._has_bias:
            top[0].data[...] += self.blobs_[1].data[:, None, None]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff
        if self._has_bias and self.param_propagate_down_[1]:
            self.blobs_[1].diff += dy.sum(axis=(0, 2, 3))
        for n in range(len(dy)):
            x, offsets = bottom[0].data[n], bottom[1].data[n]
            taps = self._taps(offsets, x)
            if self.param_propagate_down_[0]:
                columns = self._columns(x, taps)
                for dweight, part, out in self._by_group(self.blobs_[0].diff, columns, dy[n]):
                    add_matmul(out, part.T, out=dweight)
            if any(propagate_down):
                dcolumns = scratch("deformable columns", self._column_shape(dy), dy.dtype)
                for weight, part, out in self._by_group(self.blobs_[0].data, dcolumns, dy[n]):
                    matmul(weight.T, out, out=part)
                seen = dcolumns.reshape(self._C, -1)
                if propagate_down[0]:
                    spread(seen, taps, bottom[0].diff[n])
                if propagate_down[1]:
                    self._offset_gradient(x, taps, seen, bottom[1].diff[n])

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        return top[0].count * self.blobs_[0].count // max(self._M, 1)

    def _taps(self, offsets: Array, x: Array) -> Taps:
        """Which pixels each tap sees at each place of an image, (G, 4, K * places)."""
        window, places = self._window, offsets.shape[1:]
        moved = offsets.reshape(self._G, *window.kernel, 2, *places)
        at = []
        for axis, along in enumerate(((-1, 1, 1, 1), (-1, 1, 1))):
            tap = np.arange(window.kernel[axis]) * window.dilation[axis] - window.pad[axis]
            place = np.arange(places[axis]) * window.stride[axis]
            start = tap.reshape(along) + place.reshape((-1, 1)[: 2 - axis])
            position = moved[:, :, :, axis] + start.astype(x.dtype)
            at.append(position.reshape(self._G, -1))
        return taps_inside(at[0], at[1], *x.shape[1:])

    def _column_shape(self, dy: Array) -> tuple[int, int]:
        """The columns' shape: rows of W by places."""
        taps = self._window.kernel[0] * self._window.kernel[1]
        return self._C * taps, dy.shape[2] * dy.shape[3]

    def _columns(self, x: Array, taps: Taps) -> Array:
        kernel = self._window.kernel[0] * self._window.kernel[1]
        places = taps.pixels.shape[2] // kernel
        columns = scratch("deformable columns", (self._C * kernel, places), x.dtype)
        sample(x, taps, columns.reshape(self._C, -1))
        return columns

    def _by_group(
        self, weight: Array, columns: Array, y: Array
    ) -> list[tuple[Array, Array, Array]]:
        """(W, columns, y) of each group as matrices, views all of them."""
        group = self._group
        weights = weight.reshape(group, self._M // group, -1)
        parts = columns.reshape(group, len(columns) // group, -1)
        outputs = y.reshape(group, self._M // group, -1)
        return list(zip(weights, parts, outputs, strict=True))

    def _offset_gradient(self, x: Array, taps: Taps, dcolumns: Array, doffset: Array) -> None:
        places = doffset.shape[1:]
        target = doffset.reshape(self._G, -1, 2, places[0] * places[1])
        gradient = np.empty((self._G, taps.pixels.shape[2]), x.dtype)
        for axis, slope in enumerate((taps.down, taps.across)):
            slopes(x, taps, slope, dcolumns, gradient)
            target[:, :, axis] = gradient.reshape(self._G, -1, places[0] * places[1])
