"""Upsample: larger images, by a pooling's mask or by a whole factor."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.permuting import repeated
from blobnet.ops.recording import computes_otherwise
from blobnet.proto import UpsampleParameter
from blobnet.types import Array, Shape

_OF_MASK = ("scale_h", "scale_w", "pad_out_h", "pad_out_w", "upsample_h", "upsample_w")


@register_layer("Upsample")
class Upsample(Layer):
    """Values back to where they stood before a pooling, or each value several times.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  mask: (N, C, H, W)  optional: where in its plane each value goes, row * width +
               column, as the second top of a Pooling layer says
    top[0]     y: (N, C, h, w)

    With a mask, as in SegNet and ENet, y is `upsample_h` by `upsample_w`, or `scale` times x (2
    unless stated; `scale_h`, `scale_w`), less a row for `pad_out_h` and a column for `pad_out_w`.
    All other values are 0; of several for one place the last one stays, and each gets its gradient.

    Without, as in MobileNet-YOLO, every value becomes `scale` by `scale` (1 unless stated) equal
    ones; with `dims_num: 3` x is (N, C, W), and it becomes `scale` in a row.

    Proto: UpsampleParameter.  Caffe: upsample_layer.cpp of SegNet, of MobileNet-YOLO and brocolli.
    """

    formula = "y[mask] = x, 0 elsewhere;  or y[i, j] = x[i // scale, j // scale]"
    gradient_formula = (
        "dx = dy[mask];  or dx = the sum of dy over the scale x scale copies. The mask gets 0."
    )

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self.backward_reads_bottom = len(bottom) == 2
        param = self.layer_param_.upsample_param
        if len(bottom) == 2:
            self._check_mask_settings(param)
            return
        for name in _OF_MASK:
            if param.HasField(name):
                raise self.error(
                    f"`{name}` is for images that a mask fills",
                    got="one bottom",
                    fix="add the mask, a second top of the Pooling layer; or write `scale` alone",
                )
        if param.dims_num not in (3, 4):
            raise self.error("dims_num just supports 3 or 4", got=param.dims_num)
        if param.HasField("scale") and param.scale < 1:
            raise self.error("scale must be at least 1", got=param.scale)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.upsample_param
        axes = 4 if len(bottom) == 2 else param.dims_num
        for blob in bottom:
            if blob.num_axes != axes:
                names = "(num, channels, height, width)" if axes == 4 else "(num, channels, width)"
                raise self.error(
                    f"Input must have {axes} axes, corresponding to {names}",
                    got=f"shape {blob.shape}",
                )
        shape = bottom[0].shape
        if len(bottom) == 1:
            scale = param.scale if param.HasField("scale") else 1
            top[0].reshape((*shape[:2], *(scale * size for size in shape[2:])))
            return
        if bottom[1].shape != shape:
            raise self.error(
                "the mask has another shape than the values",
                expected=f"shape {shape}",
                got=f"shape {bottom[1].shape}",
            )
        top[0].reshape((*shape[:2], *self._size_by_mask(param, shape)))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if len(bottom) == 2:
            computes_otherwise()
            places = self._places(bottom[1].data, y.shape)
            y.fill(0)
            y.reshape(-1)[places] = x.reshape(-1)
        else:
            repeated(x, y.shape[-1] // max(x.shape[-1], 1), 2, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if len(bottom) == 2 and propagate_down[1]:  # as SegNet's nets ask, of a pooling's top
            bottom[1].diff.fill(0)
        if not propagate_down[0]:
            return
        dy, dx = top[0].diff, bottom[0].diff
        if len(bottom) == 2:
            places = self._places(bottom[1].data, dy.shape)
            dy.reshape(-1).take(places, out=dx.reshape(-1), mode="clip")
        else:
            copies, axes = _copies(dy, dx.shape)
            np.sum(copies, axis=axes, out=dx)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _places(self, mask: Array, shape: Shape) -> Array:
        """Where each value goes in the flat top. Raises LayerError where that is not within."""
        size = math.prod(shape[2:])
        if mask.size and not (mask.min() > -1 and mask.max() < size):  # or NaN
            raise self.error(
                f"upsample top index out of range: {mask.min():g} to {mask.max():g}",
                expected=f"0 to {size - 1}, the places of {shape[2]} x {shape[3]}",
                fix="check that the scale settings match those of the Pooling layer that made the "
                "mask; it says -1 where all its input is NaN or below -3.4e38",
            )
        planes = mask.reshape(math.prod(shape[:2]), math.prod(mask.shape[2:])).astype(np.intp)
        planes += np.arange(len(planes))[:, None] * size
        return planes.reshape(-1)

    def _size_by_mask(self, param: UpsampleParameter, shape: Shape) -> Shape:
        if param.HasField("upsample_h") and param.HasField("upsample_w"):
            return (param.upsample_h, param.upsample_w)
        down, across = self._scales(param)
        return (shape[2] * down - param.pad_out_h, shape[3] * across - param.pad_out_w)

    def _scales(self, param: UpsampleParameter) -> tuple[int, int]:
        if param.HasField("scale_h"):
            return param.scale_h, param.scale_w
        scale = param.scale if param.HasField("scale") else 2
        return scale, scale

    def _check_mask_settings(self, param: UpsampleParameter) -> None:
        stated = {name for name in ("scale", *_OF_MASK) if param.HasField(name)}
        if {"upsample_h", "upsample_w"} <= stated:
            sizes = {"upsample_h": param.upsample_h, "upsample_w": param.upsample_w}
        else:
            scales = stated & {"scale", "scale_h", "scale_w"}
            if scales not in (set(), {"scale"}, {"scale_h", "scale_w"}):
                raise self.error(
                    "upsample_h & upsample_w are required, else (DEPRECATED) scale OR scale_h & "
                    "scale_w are required.",
                    got=" ".join(sorted(scales)),
                )
            down, across = self._scales(param)
            sizes = {"scale_h": down, "scale_w": across}
            for padded, scale in ((param.pad_out_h, down), (param.pad_out_w, across)):
                if padded and scale != 2:
                    raise self.error(
                        "Output padding compensation requires a scale of 2, otherwise the output "
                        "size is ill-defined.",
                        got=scale,
                        fix="write upsample_h and upsample_w",
                    )
        for name, value in sizes.items():
            if value < 2:
                raise self.error(f"{name} must be at least 2", got=value)


def _copies(y: Array, shape: Shape) -> tuple[Array, tuple[int, ...]]:
    """y with the copies of each value on axes of their own, and which these are."""
    parts: list[int] = []
    for large, small in zip(y.shape[2:], shape[2:], strict=True):
        parts += [small, large // max(small, 1)]
    axes = tuple(range(3, 2 + len(parts), 2))
    return y.reshape(*shape[:2], *parts), axes
