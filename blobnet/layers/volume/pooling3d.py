"""Pooling3D: one value for each window of a clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.volume._p3d import pooling_of_p3d
from blobnet.layers.volume._volume import check_volumes, volume_window
from blobnet.ops import volume_pooling
from blobnet.proto import Pooling3DParameter, PoolingParameter
from blobnet.types import Array, Shape


@register_layer("Pooling3D")
class Pooling3D(Layer):
    """The maximum or the average of each window that slides over a clip.

    bottom[0]  x: (N, C, L, H, W)
    top[0]     y: (N, C, *places)  places along each axis: (size + 2 pad - kernel) / stride + 1,
                                   rounded up; unlike in Pooling, none is dropped again

    MAX  padding is refused; NaN and what is below -FLT_MAX never wins. All of several equal
         values are the maximum: each gets the gradient, as in C3D
    AVE  the divisor counts padding, but not what a window has beyond it

    `kernel_depth` and `temporal_stride` are those of the length, which is never padded.
    C3D 1.0 has all of it in `pooling_param`. It has no STOCHASTIC, which is refused.

    Where `kernel_l` or `global_pooling` is stated, it is P3D's: Caffe's Pooling over three axes,
    padded in all of them by `pad_l` and `pad`, of which the first maximum gets the gradient, and
    a last window that begins in the end's padding is dropped.

    Proto: Pooling3DParameter, of which C3D 1.0 has the fields in PoolingParameter.
    Caffe: pool3d_layer.cpp of C3D (facebook/C3D), pooling3d_layer.cpp of P3D
    (ZhaofanQiu/pseudo-3d-residual-networks).
    """

    formula = "MAX: y = the largest x in the window;  AVE: y = sum of x in the window / its size"
    gradient_formula = (
        "MAX gives dy to every x that equals the maximum, AVE dy / divisor to every x of the "
        "window; windows that overlap add up."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        check_volumes(self, bottom)
        self._of_p3d = pooling_of_p3d(self, bottom, top)
        if self._of_p3d is not None:
            self.backward_reads_bottom = self.backward_reads_top = False
            return
        param: Pooling3DParameter | PoolingParameter = self.layer_param_.pooling_param
        if self.layer_param_.HasField("pooling3d_param"):
            param = self.layer_param_.pooling3d_param
        if param.pool not in (Pooling3DParameter.MAX, Pooling3DParameter.AVE):
            raise self.error(
                "Unknown pooling method.", expected="MAX or AVE", got=f"pool {param.pool}"
            )
        self._is_max = param.pool == Pooling3DParameter.MAX
        self.backward_reads_bottom = self.backward_reads_top = self._is_max
        if param.pad and self._is_max:
            raise self.error(
                "Padding implemented only for average pooling.", got=f"pad {param.pad}"
            )
        self._window = volume_window(
            self,
            depth=(param.kernel_depth, param.temporal_stride, 0),
            plane=(param.kernel_size, param.stride, param.pad),
        )
        self._sizes: tuple[Shape, Shape] = ((), ())
        self._counts: Array = np.ones(())

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_volumes(self, bottom)
        if self._of_p3d is not None:
            self._of_p3d.reshape(bottom, top)
            return
        size, window = bottom[0].shape[2:], self._window
        places = tuple(
            -(-(length + 2 * pad - kernel) // stride) + 1
            for length, kernel, stride, pad in zip(size, *window[:3], strict=True)
        )
        rooms = (n + 2 * pad - k for n, k, _, pad in zip(size, *window[:3], strict=True))
        if any(room < 0 for room in rooms):
            raise self.error(
                "the kernel does not fit into the padded input",
                got=f"input {size} under kernel {window.kernel}, pad {window.pad}",
                fix="feed larger clips, or choose a smaller kernel",
            )
        top[0].reshape((*bottom[0].shape[:2], *places))
        if self._sizes != (size, places):
            self._check_windows(size, places)
            self._sizes = (size, places)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._of_p3d is not None:
            self._of_p3d.forward_cpu(bottom, top)
            return
        x, y = bottom[0].data, top[0].data
        if self._is_max:
            volume_pooling.max_forward(x, self._window, y)
        else:
            volume_pooling.average_forward(x, self._window, y, self._counts)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        if self._of_p3d is not None:
            self._of_p3d.backward_cpu(top, propagate_down, bottom)
            return
        dy, dx = top[0].diff, bottom[0].diff
        if self._is_max:
            volume_pooling.max_backward(bottom[0].data, top[0].data, dy, self._window, dx)
        else:
            volume_pooling.average_backward(dy, self._window, dx, self._counts)

    def _check_windows(self, size: Shape, places: Shape) -> None:
        """Refuse windows that begin behind the end, where C3D gives -FLT_MAX or divides by 0."""
        along = volume_pooling.lengths(self._window, size, places, with_padding=not self._is_max)
        if any((axis < 1).any() for axis in along):
            raise self.error(
                "the last windows lie beside the clip, where there is nothing to pool",
                got=f"places {places} on clips of {size} for kernel {self._window.kernel} and "
                f"stride {self._window.stride}",
                fix="choose a stride of at most the kernel",
            )
        self._counts = volume_pooling.divisors(along, self.dtype)
