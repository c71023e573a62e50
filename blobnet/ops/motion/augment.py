"""Images moved, turned, enlarged and recoloured, as FlowNet2 changes what it learns from.

images  (N, 3, H, W), or any number of channels where nothing but places changes

Caffe: data_augmentation_layer.cu, flow_augmentation_layer.cu of FlowNet2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from blobnet.types import Array

_SMALL = 1e-2
"""What is not above that counts as no colour."""


def positions(matrix: Array, height: int, width: int) -> tuple[Array, Array]:
    """For the pixels of a crop: the columns and rows that a (2, 3) matrix maps them to."""
    x, y = np.arange(width), np.arange(height)[:, None]
    column, row = (a * x + b * y + c for a, b, c in matrix)
    return column, row


def fetch(image: Array, column: Array, row: Array, out: Array) -> None:
    """out[c] = image[c] at these positions, bilinear; what lies outside is at the edge."""
    height, width = image.shape[1:]
    column = np.nan_to_num(np.maximum(0, np.minimum(column, width - 1.05)))
    row = np.nan_to_num(np.maximum(0, np.minimum(row, height - 1.05)))
    left, top = column.astype(np.intp), row.astype(np.intp)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (column - left).astype(image.dtype), (row - top).astype(image.dtype)
    above = (1 - across) * image[:, top, left] + across * image[:, top, right]
    below = (1 - across) * image[:, bottom, left] + across * image[:, bottom, right]
    out[...] = (1 - down) * above + down * below


def recolour(image: Array, by: Mapping[str, float], largest: float) -> None:
    """Colours, gamma, brightness and contrast of a (3, H, W) image of values from 0 to 1."""
    brightness = image.sum(axis=0)
    image *= np.array([by["color1"], by["color2"], by["color3"]], image.dtype)[:, None, None]
    image *= brightness / (image.sum(axis=0) + image.dtype.type(0.01))
    np.clip(image, 0, 1, out=image)
    np.power(image, by["gamma"], out=image)
    image += by["brightness"]
    image -= 0.5
    image *= by["contrast"]
    image += 0.5
    np.clip(image, 0, largest, out=image)


class EigenSpace(NamedTuple):
    """The axes of colours, and how far the images of a batch go along each."""

    axes: Array  # (3, 3), an axis in each row
    mean_rgb: Array
    mean: Array  # along the axes, divided by `largest`
    largest: Array
    length: float  # of the vector `largest`


def eigen_space(images: Array, axes: Array) -> EigenSpace:
    axes = axes.astype(np.float64)
    pixels = images.transpose(1, 0, 2, 3).reshape(3, -1)
    mean_rgb = pixels.mean(axis=1, dtype=np.float64)
    largest = np.abs(axes @ pixels).max(axis=1, initial=0)
    mean = axes @ mean_rgb
    np.divide(mean, largest, out=mean, where=largest > _SMALL)
    return EigenSpace(axes, mean_rgb, mean, largest, float(np.sqrt((largest**2).sum())))


def recolour_along_axes(
    image: Array, by: Mapping[str, float], space: EigenSpace, most: float
) -> None:
    """Powers, sums and factors of a (3, H, W) image along the axes of its colours."""
    shape, largest = image.shape, space.largest[:, None]
    eigen = space.axes @ (image.reshape(3, -1) - space.mean_rgb[:, None])
    for i in np.flatnonzero(space.largest > _SMALL):
        eigen[i] /= space.largest[i]
        _bend(eigen[i], by, f"nomean{i}")
    eigen += space.mean[:, None]
    if space.largest[0] > _SMALL:
        _bend(eigen[0], by, "withmean0")
    saturation = np.hypot(eigen[1], eigen[2])
    wanted = _raised(saturation, by["pow_withmean1"], by["add_withmean1"], by["mult_withmean1"])
    if by["col_angle"]:
        cos, sin = np.cos(by["col_angle"]), np.sin(by["col_angle"])
        eigen[1], eigen[2] = cos * eigen[1] - sin * eigen[2], sin * eigen[1] + cos * eigen[2]
    np.multiply(eigen, largest, out=eigen, where=largest > _SMALL)
    length = np.sqrt((eigen**2).sum(axis=0))
    is_coloured = saturation > _SMALL
    ratio = np.divide(wanted, saturation, out=np.ones_like(wanted), where=is_coloured)
    eigen[1:] *= ratio
    if space.length > _SMALL:
        pull = (by["lmult_pow"], by["lmult_add"], by["lmult_mult"])
        goal = _raised(length / space.length, *pull) * space.length
        now = np.sqrt((eigen**2).sum(axis=0))
        is_there = now > _SMALL
        ratio = np.divide(goal, now, out=np.ones_like(now), where=is_there)
        eigen = np.where(is_there, np.minimum(eigen * ratio, largest), eigen)
    rgb = np.maximum(np.minimum(space.axes.T @ eigen, most), 0)
    image[...] = rgb.reshape(shape)


def shade(image: Array, by: Mapping[str, float], largest: float) -> None:
    """A shadow behind a line through a (3, H, W) image."""
    height, width = image.shape[1:]
    across = (np.arange(width) - width // 2) * np.cos(by["shadow_angle"])
    down = (np.arange(height) - height // 2) * np.sin(by["shadow_angle"])
    behind = across + down[:, None] > by["shadow_distance"]
    image -= behind * image.dtype.type(by["shadow_strength"])
    np.clip(image, 0, largest, out=image)


def _bend(values: Array, by: Mapping[str, float], which: str) -> None:
    values[...] = np.copysign(np.abs(values) ** by[f"pow_{which}"], values)
    values += by[f"add_{which}"]
    values *= by[f"mult_{which}"]


def _raised(values: Array, power: float, shift: float, factor: float) -> Array:
    raised: Array = np.maximum(values**power + shift, 0) * factor
    return raised
