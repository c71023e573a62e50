"""NNInterp: images in another size, made of the nearest pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.motion.taps import Taps, resize


@register_layer("NNInterp")
class NNInterp(Layer):
    """Images in another size: each pixel is the one of x that is where it would be.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, h, w)

    The size is one of `height` and `width`; `zoom_factor`: (size - 1) * zoom_factor + 1;
    `shrink_factor`: (size - 1) / shrink_factor + 1, rounded down. Row i of y is row
    floor(i * (H / h)) of x, computed in float32, and columns likewise.

    Proto: NNInterpParameter.  Caffe: nninterp_layer.cpp of xh-liu/HydraPlus-Net, whose backward on
    a CPU is right where h is w.
    """

    formula = "y[i, j] = x[floor(i * H / h), floor(j * W / w)]"
    gradient_formula = "dx = the sum of dy over all places that show this x."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.nninterp_param
        by_size = param.HasField("height") and param.HasField("width")
        factors = [name for name in ("zoom_factor", "shrink_factor") if param.HasField(name)]
        if by_size + len(factors) != 1:
            raise self.error(
                "Output dimension specified either by zoom factor or shrink factor or explicitly",
                expected="height and width, or one of zoom_factor and shrink_factor",
                got=str(param).replace("\n", " ").strip() or "none of them",
            )
        for name in ("height", "width") if by_size else factors:
            if getattr(param, name) < 1:
                raise self.error(f"{name} must be positive", got=getattr(param, name))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or min(shape[2:]) < 1:
            raise self.error(
                "not a batch of images",
                expected="shape (N, C, H, W), with a pixel at least",
                got=f"shape {shape}",
            )
        param = self.layer_param_.nninterp_param
        if param.HasField("zoom_factor"):
            size = tuple((old - 1) * param.zoom_factor + 1 for old in shape[2:])
        elif param.HasField("shrink_factor"):
            size = tuple((old - 1) // param.shrink_factor + 1 for old in shape[2:])
        else:
            size = (param.height, param.width)
        top[0].reshape((*shape[:2], *size))
        self._taps = [_nearest(*lengths) for lengths in zip(shape[2:], size, strict=True)]

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        resize(bottom[0].data, self._taps, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            pairs = zip(self._taps, bottom[0].shape[2:], strict=True)
            resize(top[0].diff, [taps.transposed(old) for taps, old in pairs], bottom[0].diff)


def _nearest(old: int, new: int) -> Taps:
    scale = np.float32(old) / np.float32(new)
    index = (np.arange(new, dtype=np.float32) * scale).astype(np.intp).clip(max=old - 1)
    return Taps(index[:, None], np.ones((new, 1)))
