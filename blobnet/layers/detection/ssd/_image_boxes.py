"""Boxes relative to what a net has seen, as pixels of the image that this was made of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.layer import Layer
from blobnet.proto import ResizeParameter
from blobnet.types import Array

Size = tuple[int, int]
"""Height and width of an image."""


class Pixels(NamedTuple):
    """Boxes in pixels, and their areas as SSD counts them: in most ways in whole pixels."""

    boxes: Array
    areas: Array


def in_pixels(boxes: Array, size: Size, resize: ResizeParameter | None) -> Pixels:
    """Boxes (n, 4), cut to the image, from those of a net that saw it resized. In float32."""
    boxes = boxes.astype(np.float32)
    height, width = size
    if resize is not None and resize.resize_mode == ResizeParameter.FIT_SMALL_SIZE:
        if resize.height_scale and resize.width_scale:
            return _from_crop(boxes, size, resize)
    elif resize is not None and resize.resize_mode == ResizeParameter.FIT_LARGE_SIZE_AND_PAD:
        boxes = _without_padding(boxes, size, resize)
    scaled = np.clip(boxes, 0, 1) * np.array([width, height] * 2, np.float32)
    return Pixels(scaled, areas(scaled, border=int(width > 1 or height > 1)))


def areas(boxes: Array, border: int) -> Array:
    """Of boxes whose sides are `border` longer than their ends are apart; 0 where there is none."""
    width, height = (boxes[:, 2:] - boxes[:, :2]).T
    found: Array = (width + boxes.dtype.type(border)) * (height + boxes.dtype.type(border))
    found[~((width >= 0) & (height >= 0))] = 0
    return found


def check_resize(layer: Layer, resize: ResizeParameter) -> ResizeParameter:
    """A resize_param that can be undone. Raises LayerError for another."""
    for name in ("height", "width"):
        if not getattr(resize, name):
            raise layer.error(f"resize_param: {name} must be positive", got=0)
    return resize


def _from_crop(boxes: Array, size: Size, resize: ResizeParameter) -> Pixels:
    height, width = size
    scaled = boxes * np.array([resize.width_scale, resize.height_scale] * 2, np.float32)
    scaled = np.clip(scaled, 0, np.array([width, height] * 2, np.float32))
    return Pixels(scaled, areas(scaled, border=0))


def _without_padding(boxes: Array, size: Size, resize: ResizeParameter) -> Array:
    """Relative to the part of a padded picture that is the image; boxes beside it as they are."""
    height, width = (np.float32(side) for side in (resize.height, resize.width))
    aspect = np.float32(size[1]) / np.float32(size[0])
    left = above = np.float32(0)
    if aspect > width / height:
        above = (height - width / aspect) / 2 / height
    else:
        left = (width - height * aspect) / 2 / width
    start = np.array([left, above], np.float32)
    end = 1 - start
    is_inside = np.all((boxes[:, :2] < end) & (boxes[:, 2:] > start), axis=1)
    moved = (boxes - np.tile(start, 2)) / np.tile(end - start, 2)
    return np.where(is_inside[:, None], np.clip(moved, 0, 1), boxes)


def overlaps_in_pixels(a: Pixels, b: Pixels) -> Array:
    """(n, m): the overlaps of boxes in whole pixels, as SSD evaluates them.

    (Boxes that do not meet have one pixel in common there: those of a single pixel overlap wholly.)
    """
    first, second = a.boxes[:, None], b.boxes[None]
    start = np.maximum(first[..., :2], second[..., :2])
    end = np.minimum(first[..., 2:], second[..., 2:])
    apart: Array = np.any(start > end, axis=-1)
    sides = np.where(apart[..., None], 0, end - start) + np.float32(1)
    common: Array = sides[..., 0] * sides[..., 1]
    found: Array = common / (a.areas[:, None] + b.areas[None] - common)
    return found
