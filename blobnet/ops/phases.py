"""Images sorted by phase, for windows that slide in steps.

The pixels whose row and column leave the same remainders when divided by the stride are one
phase; sorted, they are a plane of their own, with padding around. Each tap of the window then
sees one phase, shifted, and one run over memory serves all places of the window: the step from
one place to the next is one value, whatever the stride.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from blobnet.ops.window import Window, overlap
from blobnet.ops.workspace import scratch
from blobnet.types import Array, DType, Shape

VALUES = 2**17
"""Values in the planes of a chunk, where a single image has no more."""

Index = tuple[slice, slice, slice]


class Part(NamedTuple):
    """The pixels of one phase."""

    phase: tuple[int, int]  # down, across
    inside: Index  # where they stand in the plane
    seen: Index  # where they stand in the image


class Tap(NamedTuple):
    """What one tap of the window sees."""

    phase: tuple[int, int]  # down, across
    shift: int  # how far on in the plane
    first: bool  # whether no tap before it sees this phase


class Layout(NamedTuple):
    """How images of one size sort into planes, for a window with so many places."""

    phases: tuple[int, int]  # how many, down and across: no more than the window has taps
    plane: tuple[int, int]  # the size of each
    parts: list[Part]
    taps: list[list[Tap]]  # as they stand in the window
    fills_planes: bool  # no plane has a margin
    fills_image: bool  # every pixel is in a plane


class Chunk(NamedTuple):
    """Some images, and the outputs of their windows."""

    x: Array  # (S, height, width)
    y: Array  # (S, *places)
    images: slice
    layout: Layout

    def of(self, array: Array) -> Array:
        """The chunk's part of another array of y's shape."""
        return _as_images(array)[self.images]

    def planes(self, purpose: str, *phases: int, dtype: DType | None = None) -> Array:
        """Scratch memory: (*phases, all values of the chunk's planes)."""
        shape = (*phases, len(self.x) * math.prod(self.layout.plane))
        return scratch(f"phases {purpose}", shape, dtype or self.x.dtype)

    def phase_planes(self) -> Array:
        """Scratch memory: (phases down, phases across, values)."""
        return self.planes("image", *self.layout.phases)

    def places(self, planes: Array) -> Array:
        """The part of planes with one value per place of the window: (S, *places)."""
        rows, columns = self.y.shape[1:]
        return self._apart(planes)[:, :rows, :columns]

    def widened(self, purpose: str, values: Array) -> Array:
        """Planes with `values` (S, *places) where the places are, and zero elsewhere."""
        planes = self.planes(purpose, dtype=values.dtype)
        if self.y.shape[1:] != self.layout.plane:
            planes.fill(0)
        self.places(planes)[...] = values
        return planes

    def sort(self, padding: float) -> Array:
        """The images as planes: (phases down, phases across, values)."""
        planes = self.phase_planes()
        if not self.layout.fills_planes:
            planes.fill(padding)
        for phase, inside, seen in self.layout.parts:
            self._apart(planes[phase])[inside] = self.x[seen]
        return planes

    def unsort(self, planes: Array) -> None:
        """Write planes back to the images; zero where no window comes."""
        if not self.layout.fills_image:
            self.x.fill(0)
        for phase, inside, seen in self.layout.parts:
            self.x[seen] = self._apart(planes[phase])[inside]

    def _apart(self, planes: Array) -> Array:
        """(S, rows, columns)"""
        apart: Array = planes.reshape(len(self.x), *self.layout.plane)
        return apart


def chunks(x: Array, y: Array, window: Window) -> Iterator[Chunk]:
    """The images of all channels in chunks that stay in a processor's cache.

    x  (N, C, height, width)
    y  (N, C, *places)        of a window of two axes without dilation
    """
    images, outputs = _as_images(x), _as_images(y)
    layout = _layout(window, x.shape[2:], y.shape[2:])
    step = max(1, VALUES // max(1, math.prod(layout.phases) * math.prod(layout.plane)))
    for begin in range(0, len(images), step):
        part = slice(begin, begin + step)
        yield Chunk(images[part], outputs[part], part, layout)


@lru_cache(maxsize=256)
def _layout(window: Window, size: Shape, places: Shape) -> Layout:
    kernel, stride = window.kernel, window.stride
    down, across = (_parts_along(window, axis, size[axis], places[axis]) for axis in range(2))
    plane = tuple(places[axis] + (kernel[axis] - 1) // stride[axis] for axis in range(2))
    every = slice(None)
    parts = [
        Part((row, column), (every, inside_y, inside_x), (every, seen_y, seen_x))
        for row, (inside_y, seen_y) in enumerate(down)
        for column, (inside_x, seen_x) in enumerate(across)
    ]
    taps = [
        [_tap(window, plane[1], row, column) for column in range(kernel[1])]
        for row in range(kernel[0])
    ]
    pixels = np.zeros(size, bool)
    for _, _, seen in parts:
        pixels[seen[1:]] = True
    in_planes = len(parts) * math.prod(plane)
    return Layout(
        (len(down), len(across)),
        (plane[0], plane[1]),
        parts,
        taps,
        fills_planes=np.count_nonzero(pixels) == in_planes,
        fills_image=bool(pixels.all()),
    )


def _parts_along(window: Window, axis: int, size: int, places: int) -> list[tuple[slice, slice]]:
    """For each phase along an axis: the indices in the plane that pixels fill, and the pixels."""
    kernel, stride, pad = window.kernel[axis], window.stride[axis], window.pad[axis]
    length = places + (kernel - 1) // stride
    return [overlap(phase - pad, stride, length, size) for phase in range(min(kernel, stride))]


def _tap(window: Window, width: int, row: int, column: int) -> Tap:
    steps_down, down = divmod(row, window.stride[0])
    steps_across, across = divmod(column, window.stride[1])
    shift = steps_down * width + steps_across
    return Tap((down, across), shift, first=shift == 0)


def _as_images(array: Array) -> Array:
    images: Array = array.reshape(array.shape[0] * array.shape[1], *array.shape[2:])
    return images
