"""An image with its boxes: turned round, enlarged and put into a batch, the boxes along with it.

Caffe: load_batch of MS-CNN's image_gt_data_layer.cpp, Cascade R-CNN's detection_data_layer.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.limits import max_bytes
from blobnet.sources.image import resize_image
from blobnet.types import Array

_NOISE = 10
"""By how many pixels an image is moved at most, either way; one less to the end."""
_LARGE = 1.5
"""Images that are enlarged more are cut first, to a little more than what will be seen."""
_MARGIN = 1.2


@dataclass(frozen=True)
class Scene:
    """An image and what is in it, all in its pixels.

    image    (3, height, width) bytes
    boxes    (k, 4) corners of objects       regions  (m, 4) of no interest
    classes  (k,)        ignored, difficult  (k,) whether they are
    """

    image: Array
    boxes: Array
    regions: Array
    classes: Array
    ignored: Array
    difficult: Array

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.image.shape[1:]
        return height, width

    def moved(self, factors: tuple[float, float], shift: tuple[float, float]) -> Scene:
        """The boxes times (x, y) factors, then moved by (x, y); the image as it is."""
        scale, offset = np.array(factors * 2, np.float32), np.array(shift * 2, np.float32)
        return replace(
            self, boxes=self.boxes * scale + offset, regions=self.regions * scale + offset
        )

    def mirrored(self) -> Scene:
        width = np.float32(self.size[1])

        def turned(boxes: Array) -> Array:
            return np.stack(
                [width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1
            )

        image = self.image[:, :, ::-1]
        return replace(self, image=image, boxes=turned(self.boxes), regions=turned(self.regions))

    def resized(self, height: int, width: int) -> Scene:
        """The image at another size, linear as OpenCV has it. Raises DataError."""
        old_height, old_width = self.size
        if (height, width) == self.size:
            return self
        if min(height, width) < 1 or 3 * height * width > max_bytes():
            raise DataError(
                explain("an image cannot be resized so", got=f"{height} rows of {width} pixels")
            )
        factors = float(np.float32(width / old_width)), float(np.float32(height / old_height))
        image = resize_image(np.ascontiguousarray(self.image), height, width)
        return replace(self.moved(factors, (0, 0)), image=image)

    def cut(self, left: int, top: int, width: int, height: int) -> Scene:
        image = self.image[:, top : top + height, left : left + width]
        return replace(self.moved((1, 1), (-left, -top)), image=image)

    def enlarged(
        self, factors: tuple[float, float], centre: tuple[float, float]
    ) -> tuple[Scene, tuple[float, float]]:
        """By (x, y) factors, cut around a centre first where they are large; where that is then."""
        if factors == (1.0, 1.0):
            return self, centre
        scene, at = self, list(centre)
        if max(factors) > _LARGE:
            sides = self.size[1], self.size[0]
            cuts = [
                min(rounded(_MARGIN * side / factor), side)
                for side, factor in zip(sides, factors, strict=True)
            ]
            firsts = [
                min(max(rounded(middle - part * 0.5), 0), side - part)
                for middle, part, side in zip(at, cuts, sides, strict=True)
            ]
            scene = self.cut(firsts[0], firsts[1], cuts[0], cuts[1])
            at = [middle - first for middle, first in zip(at, firsts, strict=True)]
        height, width = scene.size
        old = scene
        scene = scene.resized(rounded(height * factors[1]), rounded(width * factors[0]))
        # by the factors, and not by what the sizes have become
        exact = old.moved(factors, (0, 0))
        scene = replace(scene, boxes=exact.boxes, regions=exact.regions)
        return scene, (at[0] * factors[0], at[1] * factors[1])


class Span(NamedTuple):
    """Along one axis: where the image begins in the batch, which of its pixels is first there."""

    to: int
    first: int
    length: int


def placed(size: int, template: int, centre: float, noise: int) -> Span:
    """A side of an image in that of a batch: in the middle, or what is around a centre of it."""
    if size < template:
        to = rounded((template - size) / 2) + noise
        return Span(min(max(to, 0), template - size), 0, size)
    if size > template:
        first = rounded(centre) + noise - rounded(template / 2)
        return Span(0, min(max(first, 0), size - template), template)
    return Span(0, 0, template)


def put(
    scene: Scene, centre: tuple[float, float], rng: np.random.Generator, out: Array
) -> tuple[Scene, Span, Span]:
    """Write an image into `out`, (3, height, width), around a centre or in the middle.

    Returns the scene as it is in there, and where it is: across, then down. What is beside it in
    `out` stays as it was.
    """
    height, width = scene.size
    noise_x, noise_y = rng.integers(-_NOISE, _NOISE, 2).tolist()
    across = placed(width, out.shape[2], centre[0], noise_x)
    down = placed(height, out.shape[1], centre[1], noise_y)
    target = out[:, down.to : down.to + down.length, across.to : across.to + across.length]
    target[...] = scene.image[
        :, down.first : down.first + down.length, across.first : across.first + across.length
    ]
    shift = float(across.to - across.first), float(down.to - down.first)
    return scene.moved((1, 1), shift), across, down


def centre_of(
    scene: Scene, template: tuple[int, int], rng: np.random.Generator
) -> tuple[tuple[float, float], int | None]:
    """What a batch is to show of an image: a drawn object, or else any place; and which object."""
    if len(scene.boxes):
        which = int(rng.integers(len(scene.boxes)))
        x1, y1, x2, y2 = scene.boxes[which].tolist()
        return ((x1 + x2) / 2, (y1 + y2) / 2), which
    found = []
    for side, part in zip(scene.size[::-1], template[::-1], strict=True):
        if side >= part:
            found.append(float(rng.integers(side - part + 1)) + part / 2)
        else:
            found.append(side / 2)
    return (found[0], found[1]), None


def rounded(value: float) -> int:
    """As C's round() has it, halves away from zero."""
    return int(np.trunc(value + np.copysign(0.5, value)))
