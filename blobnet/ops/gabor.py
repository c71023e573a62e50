"""Gabor filters: waves under a bell, which edges and blobs of colour answer to."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from blobnet.types import Array


class Wave(NamedTuple):
    """One filter: amplitude * exp(-r^2 / (2 spread^2)) * cos(pi (frequency * u + phase)) * colour.

    u runs from -1 to 1 along `direction`, r is the distance from the middle; `frequency`, `phase`
    and `direction` are in half turns.
    """

    amplitude: float
    spread: float
    frequency: float
    direction: float = 0.0
    phase: float = 0.0
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)


_Group = tuple[int, Callable[[int, float], Wave]]
"""Where a group of filters ends, and its waves: by number, and by the steps from the middle."""


def _diagonal(k: int, offset: float) -> float:
    return k % 2 / 2 + 1 / 4 + offset


_CIFAR: tuple[_Group, ...] = (
    (8, lambda k, steps: Wave(0.5, 0.6, steps, k / 8)),
    (14, lambda k, steps: Wave(0.5, 0.6, steps / 2, (k - 8) / 6 + 1 / 12)),
    (16, lambda k, steps: Wave(0.5, 0.75, steps / 8, 0, k % 2, (1, -1, 1))),
    (20, lambda k, steps: Wave(0.5, 0.6, steps / 4, k % 4 / 2 + 3 / 8, 0.5)),
    (24, lambda k, steps: Wave(0.5, 0.6, steps / 4, k % 4 / 2 + 3 / 8, 0.5, (1, 0, -1))),
    (28, lambda k, steps: Wave(0.5, 0.6, steps / 4, k % 4 / 2 + 3 / 8, 0.5, (-1, 1, 1))),
    (30, lambda k, steps: Wave(0.5, 0.6, steps / 4, _diagonal(k, -1 / 8), 0.5, (-1, 1, -1))),
    (32, lambda k, steps: Wave(0.5, 0.6, steps / 4, _diagonal(k, 1 / 8), 0.5, (1, 1, 0))),
)


def _edge(k: int, steps: float, strongest: float, spread: float, turn: float) -> Wave:
    """Eight waves for each direction, from the shortest to the longest, every second dark."""
    rank = k % 8
    frequency = steps / (1 + rank / 2)
    amplitude = strongest / (1 + rank / 8)
    return Wave(amplitude, spread + rank / 40, frequency, k // 8 * turn, k % 2 + 3 / 8)


def _spot(strongest: float, size: int, phase: int) -> Wave:
    """A spot of one colour in another, small or large, or the other way round."""
    amplitude = strongest / (1 + size / 2)
    return Wave(amplitude, 1 / (2.5 - size / 2), 1 / 4, 0, phase, (0.25, -1, 1))


def _ramp(amplitude: float, spread: float, wave: float, direction: float, *colour: float) -> Wave:
    """From one colour to the one opposite."""
    red, green, blue = colour
    return Wave(amplitude, spread, wave, direction, 0.5, (red, green, blue))


_GOOGLENET: tuple[_Group, ...] = (
    (32, lambda k, steps: _edge(k, steps, 1, 0.4, 1 / 4)),
    (40, lambda k, steps: Wave(0.5, 0.45, steps, k % 8 / 8, 1)),
    (46, lambda k, steps: _spot(1, (k - 1) % 3, (k - 1) // 3)),
    (48, lambda k, steps: _ramp(2 / 3, 1, steps / 12, k % 8 + 1 / 8, 1, 0.1, -0.5)),
    (56, lambda k, steps: _ramp(2 / 3, 1, steps / 12, k % 8 / 4 + 1 / 32, -0.5, 0.1, 1)),
    (60, lambda k, steps: _ramp(1, 1, steps / 12, k % 8 / 2 + 1 / 8, 0.25, -1, 1)),
    (64, lambda k, steps: _ramp(2 / 3, 1, steps / 12, k % 8 / 2 + 1 / 8, -1, -1, 1)),
)

_ALEXNET: tuple[_Group, ...] = (
    (48, lambda k, steps: _edge(k, steps, 1 / 3, 0.5, 1 / 6)),
    (56, lambda k, steps: _spot(1 / 3, k % 4, k // 4)),
    (60, lambda k, steps: _ramp(2 / 9, 0.75, steps / 8, k % 4 / 2 + 1 / 8, -1, 1, -0.5)),
    (64, lambda k, steps: _ramp(1 / 9, 2, steps / 8, k % 4 / 2 + 1 / 8, 1, -0.5, -0.75)),
    (72, lambda k, steps: _ramp(2 / 9, 0.75, steps / 4, k % 8 / 4 + 1 / 32, 1, 0.1, -0.75)),
    (80, lambda k, steps: _ramp(2 / 9, 1, steps / 12, k % 8 / 4 + 1 / 32, -0.5, 0.1, 1)),
    (88, lambda k, steps: _ramp(2 / 15, 1, steps / 8, k % 8 / 4 + 1 / 32, -1, -1, 1)),
    (92, lambda k, steps: _ramp(1 / 3, 0.6, steps / 16, k % 4 / 2 + 1 / 16, 1, 1, 1)),
    (96, lambda k, steps: _ramp(1 / 12, 0.75, steps / 4, k % 8 / 4 + 1 / 32, -1, -1, 1)),
)

BANKS: dict[tuple[int, int], tuple[_Group, ...]] = {
    (32, 5): _CIFAR,
    (64, 7): _GOOGLENET,
    (64, 3): _GOOGLENET,
    (96, 11): _ALEXNET,
}
"""By number of filters and size of the kernel: the first layers of four nets (intel/caffe)."""


def gabor_filters(count: int, size: int) -> Array:
    """The bank of BANKS for so many filters of so many pixels: (count, 3, size, size).

    VGG's, of 3 pixels, is GoogLeNet's under a wider bell. Raises KeyError where there is none.
    """
    groups = BANKS[count, size]
    steps = (size - 1) / 2
    line = np.linspace(-1, 1, size)
    x, y = line, line[:, np.newaxis]
    filters = np.empty((count, 3, size, size))
    for k in range(count):
        wave = next(make for end, make in groups if k < end)(k, steps)
        spread = 1.0 if size == 3 else wave.spread
        bell = np.exp(-(x * x + y * y) / (2 * spread * spread))
        angle = wave.direction * math.pi
        along = x * math.cos(angle) - y * math.sin(angle)
        values = bell * np.cos(math.pi * (along * wave.frequency + wave.phase))
        filters[k] = np.multiply.outer(wave.colour, wave.amplitude * values)
    return filters
