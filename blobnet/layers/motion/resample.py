"""Resample: images in another size, with a filter that is as wide as the images shrink."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images, check_not_empty
from blobnet.ops.motion.taps import Taps, resize
from blobnet.proto import ResampleParameter
from blobnet.types import Array


@register_layer("Resample")
class Resample(Layer):
    """Resizes images; the centres of pixels keep their places.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  like: (*, *, height, width)  optional, its size alone counts; without it the size is
                                            `height` by `width`
    top[0]     y: (N, C, height, width)

    NEAREST  the nearest pixel; halves are rounded away from 0
    LINEAR   a triangle over two pixels
    CUBIC    a = -0.5, over four pixels
    With `antialias`, where at least one side shrinks, the filter is stretched by the ratio of old
    to new on each side. What lies outside of x has no weight; weights are made to add up to 1.

    As in FlowNet2, the shift by half a pixel takes the ratio of the other side, which matters where
    the two ratios differ; a nearest pixel outside of x is that at the edge here. FlowNet2 has no
    gradient: here it is the true one. It looks at no `factor`, and refuses AREA.

    Proto: ResampleParameter.
    Caffe: resample_layer.cu, resample_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y[p] = sum over q of w(p, q) * x[q], with weights that add up to 1"
    gradient_formula = "dx[q] = sum over p of w(p, q) * dy[p]"

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        kind = self.layer_param_.resample_param.type
        if kind == ResampleParameter.AREA:
            raise self.error(
                "only CUBIC, LINEAR and NEAREST interpolation is supported", got="type AREA"
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num, channels, *size = check_images(self, bottom)
        check_not_empty(self, bottom)
        param = self.layer_param_.resample_param
        wanted = bottom[1].shape[2:] if len(bottom) > 1 else (param.height, param.width)
        if min(wanted) < 1:
            raise self.error(
                "height and width of the top must be at least 1",
                got=f"{wanted[0]} x {wanted[1]}",
                fix="resample_param { height: ... width: ... }, or a second bottom of that size",
            )
        top[0].reshape((num, channels, *wanted))
        ratio = [np.float32(old) / np.float32(new) for old, new in zip(size, wanted, strict=True)]
        antialias = param.antialias and max(ratio) > 1
        self._taps = [
            _taps(param.type, old, new, ratio[i], ratio[1 - i], antialias)
            for i, (old, new) in enumerate(zip(size, wanted, strict=True))
        ]

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        resize(bottom[0].data, self._taps, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            lengths = zip(self._taps, bottom[0].shape[2:], strict=True)
            back = [taps.transposed(length) for taps, length in lengths]
            resize(top[0].diff, back, bottom[0].diff)
        if propagate_down[-1] and len(bottom) > 1:
            bottom[1].diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0


def _taps(
    kind: int, old: int, new: int, ratio: np.float32, other_ratio: np.float32, antialias: bool
) -> Taps:
    """The pixels and weights of one axis."""
    half = np.float32(0.5)
    position = np.arange(new, dtype=np.float32) * ratio + other_ratio / 2 - half
    nearest = np.trunc(position + np.copysign(half, position)).astype(np.intp)
    if kind == ResampleParameter.NEAREST:
        return Taps(nearest.clip(0, old - 1)[:, None], np.ones((new, 1)))
    sharpness = 1 / float(ratio) if antialias else 1.0
    width = 2 if kind == ResampleParameter.LINEAR else 4
    reach = 2 if ratio < 1 else int(np.ceil(width / sharpness))
    reach = min(reach, max(old, int(nearest.max())) + 1)
    index = nearest[:, None] + np.arange(-reach, reach + 1)
    distance = np.abs(position.astype(np.float64)[:, None] - index) * sharpness
    weight = _triangle(distance) if kind == ResampleParameter.LINEAR else _cubic(distance)
    weight[(index < 0) | (index >= old)] = 0
    total = weight.sum(axis=1, keepdims=True)
    np.divide(weight, total, out=weight, where=total != 0)
    used = (weight != 0).any(axis=0)
    used[:1] |= not used.any()
    return Taps(index[:, used].clip(0, old - 1), weight[:, used])


def _triangle(x: Array) -> Array:
    weight: Array = np.maximum(1 - x, 0)
    return weight


def _cubic(x: Array) -> Array:
    near = x * x * (1.5 * x - 2.5) + 1
    far = x * (x * (-0.5 * x + 2.5) - 4) + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0))
