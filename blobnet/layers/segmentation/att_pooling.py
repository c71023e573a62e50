"""AttPooling: sums of what a window sees, with the weights that another blob has for each place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.im2col import col2im, im2col
from blobnet.ops.product import matmul
from blobnet.ops.window import Window
from blobnet.proto import AttPoolingParameter
from blobnet.types import Array

_CHANNELS = 64
"""How many channels are spread out at a time."""


@register_layer("AttPooling")
class AttPooling(Layer):
    """Attention over pixels: each place of y has weights of its own for what it sees of x.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  a: (N, K, h, w)   K = kernel_size^2 weights for each place, row by row
    top[0]     y: (N, C, h, w)

    With `att_mode` LOCAL a place sees its own window, as that of a Convolution with `kernel_size`,
    `pad`, `stride` and `dilation`, which must have h by w places. With GLOBAL there is one window,
    which all places of y see: over the whole x, that is square, unless `kernel_size` and `dilation`
    say which pixels.

    Proto: AttPoolingParameter.  Caffe: att_pooling_layer.cu of nian-liu/PiCANet.
    Paper: Liu et al., "PiCANet: Learning Pixel-wise Contextual Attention", CVPR 2018.
    """

    formula = "y[c, p] = sum over k of a[k, p] * x[c, k-th pixel that p sees]"
    gradient_formula = (
        "da[k, p] = sum over c of dy[c, p] times that x;  "
        "dx = the sum of a dy over all that saw it."
    )

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.att_pooling_param
        self._is_global = param.att_mode == AttPoolingParameter.GLOBAL
        if 0 in (param.stride, param.dilation) or (
            param.HasField("kernel_size") and not param.kernel_size
        ):
            raise self.error("kernel_size, stride and dilation must be positive")
        if self._is_global and param.stride != 1:
            raise self.error(
                "Stride must be 1 for global attention!", got=f"stride: {param.stride}"
            )
        if not self._is_global and not param.HasField("kernel_size"):
            raise self.error("Kernel size must be given for local attention!")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.att_pooling_param
        x, a = (blob.shape for blob in bottom)
        if len(x) != 4 or len(a) != 4 or x[0] != a[0]:
            raise self.error(
                "features and attention must be batches of as many images",
                expected="shapes (N, C, H, W) and (N, K, h, w)",
                got=f"{x} and {a}",
            )
        if self._is_global and x[2] != x[3]:
            raise self.error(
                "Only square feature maps are supported for global attention!", got=f"shape {x}"
            )
        if self._is_global and not param.HasField("kernel_size") and param.dilation != 1:
            raise self.error(
                "Dilation should be 1 for global attention without giving kernel_size!",
                got=f"dilation: {param.dilation}",
            )
        size = param.kernel_size if param.HasField("kernel_size") else x[2]
        self._window = Window(
            *((value,) * 2 for value in (size, param.stride, param.pad, param.dilation))
        )
        places = self._window.output_size(x[2:])
        wanted = (1, 1) if self._is_global else a[2:]
        if places != wanted:
            raise self.error(
                "the window does not fit the features and the attention",
                expected=f"places {wanted}",
                got=f"{places}, of {x[2:]} with kernel_size {size}, pad {param.pad}, stride "
                f"{param.stride} and dilation {param.dilation}",
            )
        if a[1] != size * size:
            raise self.error(
                "Kernel size is not fit for attention map channels!",
                expected=f"{size * size} channels, {size} by {size}",
                got=f"bottom[1] of shape {a}",
            )
        self._K, self._around = size * size, (size, size, *places)
        top[0].reshape((*x[:2], *a[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y = top[0].data.reshape(*top[0].shape[:2], top[0].count(2))
        for n, channels, seen in self._seen(bottom[0].data):
            a = bottom[1].data[n].reshape(self._K, bottom[1].count(2))
            if self._is_global:
                matmul(seen[:, :, 0], a, out=y[n, channels])
            else:
                np.einsum("ckp,kp->cp", seen, a, out=y[n, channels])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff.fill(0)
        for n, channels, seen in self._seen(bottom[0].data):
            dy = top[0].diff[n, channels].reshape(len(seen), top[0].count(2))
            if propagate_down[1]:
                da = bottom[1].diff[n].reshape(self._K, bottom[1].count(2))
                da += seen[:, :, 0].T @ dy if self._is_global else np.einsum("ckp,cp->kp", seen, dy)
            if propagate_down[0]:
                a = bottom[1].data[n].reshape(self._K, bottom[1].count(2))
                spread = dy @ a.T if self._is_global else dy[:, None] * a
                columns = np.ascontiguousarray(spread).reshape(len(dy), *self._around)
                col2im(columns, self._window, bottom[0].diff[n, channels])

    def _seen(self, x: Array) -> Iterator[tuple[int, slice, Array]]:
        """Image by image, some channels at a time: (channels, K, places)."""
        count = x.shape[1]
        for n in range(len(x)):
            for begin in range(0, count, _CHANNELS):
                channels = slice(begin, min(begin + _CHANNELS, count))
                columns = np.empty((channels.stop - begin, *self._around), x.dtype)
                im2col(x[n, channels], self._window, columns)
                yield n, channels, columns.reshape(len(columns), self._K, -1)
