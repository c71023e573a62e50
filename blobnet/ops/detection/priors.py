"""Prior boxes of SSD: of several sizes and shapes, around every place of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.types import Array

Pair = tuple[float, float]


class Size(NamedTuple):
    """A box, and how far its centre is from its place, in pixels of the image."""

    width: float
    height: float
    right: float = 0.0
    down: float = 0.0


def prior_sizes(
    min_sizes: Sequence[float],
    max_sizes: Sequence[float],
    aspect_ratios: Sequence[float],
    order: str = "SSD",
) -> list[Size]:
    """The boxes of one place, in the order of SSD, "TensorFlow" or "Keras".

    For each of `min_sizes`: a square of this size, one of the size between it and that of
    `max_sizes`, and what has its area and each of `aspect_ratios` (other than 1). As SSD keeps
    sizes as int, their fractions are cut off. In TensorFlow's order the square of the size between
    stands last, in Keras' first.
    """
    ratios = [float(ratio) for ratio in np.asarray(aspect_ratios, np.float32)]
    sizes: list[Size] = []
    for index, size in enumerate(map(int, min_sizes)):
        squares, others = [_as_float32(size, size)], []
        for ratio in ratios:
            if abs(ratio - 1) >= 1e-6:
                root = float(np.sqrt(np.float32(ratio)))
                others.append(_as_float32(size * root, size / root))
        if max_sizes:
            side = float(np.sqrt(float(size * int(max_sizes[index]))))
            place = {"SSD": 1, "TensorFlow": 1 + len(others), "Keras": 0}[order]
            its = [*squares, *others]
            its.insert(place, _as_float32(side, side))
            sizes += its
        else:
            sizes += [*squares, *others]
    return sizes


def dense_sizes(
    fixed_sizes: Sequence[float], densities: Sequence[float], ratios: Sequence[float]
) -> list[Size]:
    """The boxes of FaceBoxes at one place: those of each size stand on a grid of their own.

    fixed_sizes  sides of squares; the grid spans the square
    densities    for each of them how many boxes are side by side, and one below the other
    ratios       shapes with the square's area

    As FaceBoxes keeps the distances as int, their fractions are cut off, and those of half a size.
    """
    sizes: list[Size] = []
    for size, density in zip(fixed_sizes, map(int, densities), strict=True):
        first = int(int(size) / density) / 2 - int(size) // 2
        shifts = [first + index * int(size / density) for index in range(density)]
        for ratio in ratios:
            is_square = abs(ratio - 1) < 1e-6
            root = float(np.sqrt(np.float32(ratio)))
            box = _as_float32(*((int(size),) * 2 if is_square else (size * root, size / root)))
            sizes += [Size(*box[:2], right, down) for down in shifts for right in shifts]
    return sizes


def prior_boxes(
    grid: tuple[int, int],
    image: tuple[int, int],
    step: Pair,
    offset: float,
    sizes: Sequence[Size],
    *,
    twice: bool = False,
) -> Array:
    """The boxes [x1, y1, x2, y2], relative to the image, as (rows * columns * boxes, 4).

    grid    rows and columns of places
    image   its height and width
    step    pixels of the image from one place to the next, down and to the right
    offset  where in its step a place has its centre: 0.5 is the middle
    sizes   the boxes around each centre
    twice   each box again behind itself, centred at the lower end of the step

    Rounded to float32 where SSD rounds; in float64.
    """
    (rows, columns), steps = grid, np.asarray(step, np.float32)
    x = (np.arange(columns, dtype=np.float32) + np.float32(offset)) * steps[1]
    y = (np.arange(rows, dtype=np.float32) + np.float32(offset)) * steps[0]
    below = (np.arange(rows) + 1.0) * float(steps[0])
    half = np.array([size[:2] for size in sizes], np.float64).reshape(-1, 2) / 2
    shift = np.array([size[2:] for size in sizes], np.float64).reshape(-1, 2)
    ends = np.empty((rows, columns, len(half), 1 + twice, 4))
    for copy, centres in enumerate([y.astype(np.float64), below.astype(np.float32)][: 1 + twice]):
        for axis, middle, length in (
            (0, x.astype(np.float64)[:, None], image[1]),
            (1, centres.astype(np.float64)[:, None, None], image[0]),
        ):
            centre = (middle + shift[:, axis]).astype(np.float32).astype(np.float64)
            ends[..., copy, axis] = (centre - half[:, axis]) / length
            ends[..., copy, axis + 2] = (centre + half[:, axis]) / length
    return ends.reshape(-1, 4)


def _as_float32(width: float, height: float) -> Size:
    return Size(float(np.float32(width)), float(np.float32(height)))
