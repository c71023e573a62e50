"""Reorg: pixels of a square to channels, in darknet's order."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.reorg import reorganized


@register_layer("Reorg")
class Reorg(Layer):
    """The same numbers in another order: a map of higher resolution fits to one of lower.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C * s * s, H / s, W / s)  s = `stride`
                  (N, C / (s * s), H * s, W * s) with `reverse`

    With D = C / (s * s), `reverse` gives y[d, h * s + a, w * s + b] = x[(a * s + b) * D + d, h, w].
    Without it the same indices are used the other way round, as darknet does: x is read as if its
    shape were (D, H * s, W * s), and what comes out, as if it were that of y. So squares of s * s
    pixels do not become channels; and `reverse` does not undo it.

    C must be a multiple of s * s either way. A `stride` that is not written is 2, as in YOLO9000;
    the other forks, which alone have `reverse`, want it to be written. Their backward reads
    memory that nobody has filled: here it is the derivative.

    Proto: ReorgParameter.  Caffe: reorg_layer.cpp of YOLO v2 (gklz1982/caffe-yolov2).
    """

    formula = "The same numbers in another order."
    gradient_formula = "dx = dy in the order of x."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.reorg_param
        self._reverse = param.reverse
        if param.HasField("reverse") and not param.HasField("stride"):
            raise self.error("Reorg Layer needs stride param.", fix="reorg_param { stride: 2 }")
        self._stride = param.stride if param.HasField("stride") else 2
        if self._stride < 1:
            raise self.error("stride must be at least 1", got=self._stride)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        s, shape = self._stride, bottom[0].shape
        if len(shape) != 4:
            raise self.error("not a batch of images", expected="shape (N, C, H, W)", got=shape)
        num, channels, height, width = shape
        fits = channels % (s * s) == 0 and (self._reverse or height % s == width % s == 0)
        if not fits:
            raise self.error(
                f"bottom[0] cannot be cut by stride {s}",
                expected=f"channels that are a multiple of {s * s}"
                + ("" if self._reverse else f", height and width that are multiples of {s}"),
                got=f"shape {shape}",
            )
        if self._reverse:
            top[0].reshape(num, channels // (s * s), height * s, width * s)
        else:
            top[0].reshape(num, channels * s * s, height // s, width // s)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        shape, s = bottom[0].shape, self._stride
        reorganized(shape, s, bottom[0].data, top[0].data, to_fine=self._reverse)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx, dy = bottom[0].diff, top[0].diff
            reorganized(bottom[0].shape, self._stride, dy, dx, to_fine=not self._reverse)
