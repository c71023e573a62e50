"""Padding that differs from side to side: images with a margin around them, and without again."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.ops.window import Window
from blobnet.ops.workspace import scratch
from blobnet.proto import ConvolutionParameter, PoolingParameter
from blobnet.types import Array, Shape

_SIDES = ("pad_t", "pad_b", "pad_l", "pad_r")


class Margins(NamedTuple):
    """How much there is at the two ends of each of two axes."""

    rows: tuple[int, int]
    columns: tuple[int, int]

    @property
    def is_even(self) -> bool:
        """Whether it is what `pad_h` and `pad_w` can say."""
        return self.rows[0] == self.rows[1] and self.columns[0] == self.columns[1]

    def size(self, size: Shape) -> Shape:
        """The size of images with their margins."""
        return size[0] + sum(self.rows), size[1] + sum(self.columns)

    def around(self, images: Array, value: float) -> Array:
        """Images (N, C, H, W) with margins that have this value; scratch memory."""
        shape = *images.shape[:2], *self.size(images.shape[2:])
        padded = scratch("images with margins", shape, images.dtype)
        padded[...] = value
        self.inside(padded)[...] = images
        return padded

    def inside(self, padded: Array) -> Array:
        """A view of the images, which lie within `padded`."""
        bottom, right = padded.shape[2] - self.rows[1], padded.shape[3] - self.columns[1]
        return padded[:, :, self.rows[0] : bottom, self.columns[0] : right]


def has_margins(layer: Layer, param: ConvolutionParameter | PoolingParameter) -> bool:
    """Whether `pad_l`, `pad_r`, `pad_t`, `pad_b` or `pad_type` of Synopsys say something.

    Beside `pad_type` any other `pad` may stand, and means nothing: so it was until July 2018, when
    published nets were made; since then their fork refuses it. Raises the layer's error where the
    sides contradict `pad` or `pad_type`.
    """
    sides = [name for name in _SIDES if getattr(param, name)]
    if param.pad_type > 1:
        raise layer.error("Unknown padding type.", expected="0 or 1", got=param.pad_type)
    if not sides and not param.pad_type:
        return False
    given = {name for name in ("pad", "pad_h", "pad_w") if np.any(getattr(param, name))}
    if sides and (given or param.pad_type):
        raise layer.error(
            "the padding is stated in several ways",
            expected="pad, or pad_l, pad_r, pad_t and pad_b, or pad_type",
            got=", ".join([*sorted(given), *sides, *(["pad_type"] if param.pad_type else [])]),
        )
    if any(getattr(param, name) < 0 for name in sides):
        raise layer.error("padding must not be negative", got=", ".join(sides))
    return True


def stated_margins(
    param: ConvolutionParameter | PoolingParameter, window: Window, size: Shape
) -> Margins:
    """The margins of images of this size; those of `pad_type` 1 are TensorFlow's "SAME"."""
    if not param.pad_type:
        return Margins((param.pad_t, param.pad_b), (param.pad_l, param.pad_r))
    ends = []
    for length, extent, stride in zip(size, window.extent, window.stride, strict=True):
        missing = max((math.ceil(length / stride) - 1) * stride + extent - length, 0)
        ends.append((missing // 2, missing - missing // 2))
    return Margins(*ends)
