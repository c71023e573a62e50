"""How nets tell boxes here: their distances from anchors or regions, normalized.

A distance is that of the centres in sides of the anchor, and the logarithm of the sides' ratio.
`bbox_reg_param` states the mean and deviation of x, y, width and height.

Caffe: bbox_util.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.types import Array, IntArray

LEAST_SIDE = 2
"""Boxes are learned as no smaller, in pixels."""


class Normalization(NamedTuple):
    """Of x, y, width and height, (4,) each."""

    mean: Array
    std: Array

    def undone(self, deltas: Array, axis: int) -> Array:
        """Distances as they are, from those of a net; x, y, width and height are on `axis`."""
        found: Array = deltas * self._along(self.std, deltas, axis)
        found += self._along(self.mean, deltas, axis)
        return found

    def done(self, deltas: Array, axis: int) -> Array:
        found: Array = deltas - self._along(self.mean, deltas, axis)
        found /= self._along(self.std, deltas, axis)
        return found

    def _along(self, values: Array, deltas: Array, axis: int) -> Array:
        shape = [1] * deltas.ndim
        shape[axis] = 4
        return values.reshape(shape)


def read_normalization(layer: Layer) -> Normalization:
    """That of `bbox_reg_param`; none where it does not state both."""
    param = layer.layer_param_.bbox_reg_param
    mean, std = list(param.bbox_mean), list(param.bbox_std)
    if not (mean and std):
        mean, std = [0.0] * 4, [1.0] * 4
    if len(mean) != 4 or len(std) != 4 or not min(std) > 0:
        raise layer.error(
            "bbox_reg_param does not normalize",
            expected="4 bbox_mean and 4 bbox_std, for x, y, width and height, all bbox_std > 0",
            got=f"bbox_mean {mean}, bbox_std {std}",
        )
    return Normalization(np.array(mean, layer.dtype), np.array(std, layer.dtype))


class Bounds(NamedTuple):
    """How far boxes can be from an anchor: x and y, then the logarithms of width and height."""

    low: Array
    high: Array

    def cut(self, deltas: Array, axis: int) -> Array:
        """Distances within the bounds; NaN stays."""
        shape = [1] * deltas.ndim
        shape[axis] = 4
        return np.clip(deltas, self.low.reshape(shape), self.high.reshape(shape))

    def normalized(self, by: Normalization) -> Bounds:
        """For normalized distances, as the losses have them: x and y, width and height share one.

        The mean is that of both means, the deviation the square root of both deviations' product.
        """
        mean = by.mean.reshape(2, 2).mean(1).repeat(2)
        std = np.sqrt(by.std.reshape(2, 2).prod(1)).repeat(2)
        return Bounds((self.low - mean) / std, (self.high - mean) / std)


def read_bounds(layer: Layer, field_xyr: float, field_whr: float) -> Bounds:
    """An anchor's side by `field_xyr` either way, and sides by `field_whr`, up or down."""
    if not (field_xyr > 0 and field_whr >= 1):
        raise layer.error(
            "boxes have no bounds",
            expected="field_xyr > 0 and field_whr >= 1",
            got=f"field_xyr {field_xyr:g}, field_whr {field_whr:g}",
        )
    far, log = 1 / field_xyr, np.log(field_whr)
    high = np.array([far, far, log, log], layer.dtype)
    return Bounds(-high, high)


class Anchors(NamedTuple):
    """An anchor for each map, at all places: `stride` pixels apart.

    width, height  (G,) sides of the anchors of G maps in turn
    """

    width: Array
    height: Array
    stride: float

    def centres(self, rows: IntArray, columns: IntArray) -> tuple[Array, Array]:
        """x and y of places."""
        real = self.width.dtype.type
        half, stride = real(0.5), real(self.stride)
        return (columns.astype(real) + half) * stride, (rows.astype(real) + half) * stride

    def decoded(self, deltas: Array) -> Array:
        """Boxes from distances: (N, 4, H, W) of centre x, y, width, height, for N = k * G maps."""
        height, width = deltas.shape[2:]
        x, y = self.centres(np.arange(height), np.arange(width))
        maps = np.arange(len(deltas)) % max(len(self.width), 1)
        w, h = (side[maps][:, None, None] for side in (self.width, self.height))
        found = np.empty_like(deltas)
        found[:, 0] = deltas[:, 0] * w + x
        found[:, 1] = deltas[:, 1] * h + y[:, None]
        found[:, 2] = w * np.exp(deltas[:, 2])
        found[:, 3] = h * np.exp(deltas[:, 3])
        return found

    def encoded(self, boxes: Array, maps: IntArray, rows: IntArray, columns: IntArray) -> Array:
        """Distances of boxes (K, 4) from the anchors at K places of some maps."""
        w, h = (side[maps % max(len(self.width), 1)] for side in (self.width, self.height))
        x, y = self.centres(rows, columns)
        sides = np.maximum(boxes[:, 2:], boxes.dtype.type(LEAST_SIDE))
        return np.stack(
            [
                (boxes[:, 0] - x) / w,
                (boxes[:, 1] - y) / h,
                np.log(sides[:, 0] / w),
                np.log(sides[:, 1] / h),
            ],
            axis=1,
        )


def read_anchors(
    layer: Layer, widths: list[int], heights: list[int], stride: float, name: str
) -> Anchors:
    """As `field_w` and `field_h` say. Raises LayerError where they say nothing."""
    if not widths or len(widths) != len(heights) or not min(*widths, *heights, stride) > 0:
        raise layer.error(
            "there are no anchors",
            expected=f"a field_w and a field_h above 0 for each map, and a {name} above 0",
            got=f"field_w {widths}, field_h {heights}, {name} {stride:g}",
        )
    return Anchors(np.array(widths, layer.dtype), np.array(heights, layer.dtype), stride)


def moved(deltas: Array, regions: Array) -> Array:
    """Regions, corners (R, 4) in whole pixels, as distances (R, K, 4) would have them: corners."""
    one, half = regions.dtype.type(1), regions.dtype.type(0.5)
    size = regions[:, None, 2:] - regions[:, None, :2] + one
    centre = half * (regions[:, None, 2:] + regions[:, None, :2])
    centre = deltas[..., :2] * size + centre
    size = size * np.exp(deltas[..., 2:])
    first = centre - (size - one) * half
    return np.concatenate([first, first + size - one], axis=-1)
