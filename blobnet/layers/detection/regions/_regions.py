"""What layers have in common that look at regions of images: reading them."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.ops.rounding import whole_numbers
from blobnet.types import Array, IntArray

_CORNERS = {
    1: "the first and the last frame",
    2: "x1, y1, x2, y2",
    3: "z1, x1, y1, z2, x2, y2",
}


def check_regions(layer: Layer, rois: Blob, axes: int = 2) -> None:
    """Refuse a bottom that does not hold an image and two corners for each region."""
    numbers = 1 + 2 * axes
    if rois.num_axes < 2 or rois.count(1) != numbers:
        raise layer.error(
            "the regions do not have a row each",
            expected=f"{numbers} numbers per row: the index of an image and {_CORNERS[axes]}; "
            f"shape (regions, {numbers})",
            got=f"shape {rois.shape}",
        )


def read_regions(layer: Layer, rois: Blob, num: int) -> tuple[IntArray, Array]:
    """The image of each region, and its corners. Raises LayerError where it is not in the batch."""
    rows = rois.data.reshape(rois.shape[0], rois.count(1))
    images = np.trunc(rows[:, 0])
    wrong = np.flatnonzero(~((images >= 0) & (images < num)))
    if wrong.size:
        raise layer.error(
            "a region is of an image that is not in the batch",
            expected=f"an index from 0 to {num - 1} in the first column of the regions",
            got=f"{rows[wrong[0], 0]:g} in row {wrong[0]}",
        )
    return whole_numbers(images), rows[:, 1:]


def padded(corners: Array, ratio: float) -> Array:
    """Regions that are larger on each side, by a share of how many pixels long they are there.

    corners  (R, 2 * axes): the first and the last pixel on each axis, as `read_regions` has them
    """
    if not ratio:
        return corners
    first, last = np.split(corners, 2, 1)
    pad = (last - first + 1) * corners.dtype.type(ratio)
    return np.concatenate([first - pad, last + pad], 1)


def check_images(layer: Layer, images: Blob, axes: tuple[int, ...] = (4,)) -> None:
    if images.num_axes not in axes:
        raise layer.error(
            "Input must have 4 axes, corresponding to (num, channels, height, width)",
            got=f"shape {images.shape}",
        )
