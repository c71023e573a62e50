"""Gaussian filters over points in a few dimensions, by a permutohedral lattice.

filtered(x)[i] is about the sum over j of exp(-|f_i - f_j|^2 / 2) * x[j], up to a factor that
division by the filtered ones takes out. Each point gives its value to the corners of its simplex
of the lattice, the corners are blurred along each of the d + 1 directions, and each point takes
from its corners what it gave to them by. Adams, Baek and Davis, Eurographics 2010; the numbers are
those of Kraehenbuehl's code (permutohedral.cpp of PSPNet with SSE; modified_permutohedral.cpp).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import Scratch, launch_over_values
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array

_TOGETHER = 4  # points that SSE takes at once: those that are missing stand at the origin
_LARGEST = 2.0**22  # coordinates above it have no fractions to speak of
_MOST_KEYS = 2**62


class Lattice(NamedTuple):
    """Where points stand in a lattice of so many `vertices`; the number behind the last is none.

    offsets         (points, d + 1) int32: the corners of each point's simplex
    weights         (points, d + 1) float32: its share in each
    before, behind  (d + 1, vertices) int32: the neighbours of each corner in each direction
    """

    offsets: Array
    weights: Array
    before: Array
    behind: Array

    @property
    def vertices(self) -> int:
        return int(self.before.shape[1])


def make_lattice(features: Array) -> Lattice:
    """The lattice of points, (points, d). Raises ValueError where they are too far apart."""
    points, d = features.shape
    missing = -points % _TOGETHER
    features = np.concatenate([features.astype(np.float32), np.zeros((missing, d), np.float32)])
    elevated = _elevate(features)
    if not (np.abs(elevated) < _LARGEST).all():  # or NaN
        raise ValueError("coordinates of a lattice must be numbers, and not too large")
    origin, rank = _nearest(elevated)
    keys, radices = _keys(origin, rank)
    vertices, offsets = np.unique(keys, return_inverse=True)
    before = np.empty((d + 1, len(vertices)), np.int32)
    behind = np.full_like(before, len(vertices))
    numbers = np.arange(len(vertices), dtype=np.int32)
    for direction in range(d + 1):
        step = -int(radices.sum()) + (d + 1) * int(radices[direction] if direction < d else 0)
        at = np.searchsorted(vertices, vertices + step).clip(0, max(len(vertices) - 1, 0))
        is_there = vertices[at] == vertices + step
        before[direction] = np.where(is_there, at, len(vertices))
        behind[direction, at[is_there]] = numbers[is_there]
    weights = _shares(elevated, origin, rank)[:points]
    offsets = offsets.reshape(keys.shape)[:points].astype(np.int32)
    return Lattice(offsets, weights, before, behind)


def _elevate(features: Array) -> Array:
    """The points in the hyperplane of the lattice, (points, d + 1), in float32."""
    points, d = features.shape
    deviation = np.float32(math.sqrt(2 / 3) * (d + 1))
    elevated = np.empty((points, d + 1), np.float32)
    total = np.zeros(points, np.float32)
    with overflow_allowed():
        for axis in range(d, 0, -1):
            scale = np.float32(1 / math.sqrt((axis + 1) * axis) * float(deviation))
            scaled = features[:, axis - 1] * scale
            elevated[:, axis] = total - np.float32(axis) * scaled
            total += scaled
    elevated[:, 0] = total
    return elevated


def _nearest(elevated: Array) -> tuple[Array, Array]:
    """The nearest point whose coordinates are multiples of d + 1, and the order of the distances.

    The order tells the simplex around it: rank 0 is the coordinate that is farthest above.
    """
    corners = elevated.shape[1]
    rounded = np.rint(elevated * (np.float32(1) / np.float32(corners)))
    origin = rounded.astype(np.int64) * corners
    distance = elevated - origin.astype(np.float32)
    rank = np.zeros(elevated.shape, np.int64)
    for i in range(corners):
        for j in range(i + 1, corners):
            is_less = distance[:, i] < distance[:, j]
            rank[:, i] += is_less
            rank[:, j] += ~is_less
    rank += rounded.sum(axis=1).astype(np.int64)[:, None]  # where it is not in the plane
    back = corners * ((rank < 0).astype(np.int64) - (rank >= corners))
    return origin + back, rank + back


def _keys(origin: Array, rank: Array) -> tuple[Array, Array]:
    """A number for each corner of each simplex, (points, d + 1), and what one step adds to it."""
    points, corners = rank.shape
    if not points:
        return np.zeros((0, corners), np.int64), np.ones(corners - 1, np.int64)
    low, high = origin[:, :-1].min(axis=0), origin[:, :-1].max(axis=0)
    sizes = [int(size) + 4 * corners for size in high - low]  # with room for neighbours
    if math.prod(sizes) >= _MOST_KEYS:
        raise ValueError("the points of a lattice are too far apart")
    radices = np.array([math.prod(sizes[:axis]) for axis in range(corners - 1)], np.int64)
    keys = np.empty((points, corners), np.int64)
    for corner in range(corners):
        order = np.arange(corners)
        moves = np.where(order < corners - corner, corner, corner - corners)
        place = origin[:, :-1] - low + 2 * corners + moves[rank[:, :-1]]
        keys[:, corner] = place @ radices
    return keys, radices


def _shares(elevated: Array, origin: Array, rank: Array) -> Array:
    """How near each point is to the corners of its simplex: numbers that add up to 1."""
    corners = rank.shape[1]
    distance = (elevated - origin.astype(np.float32)) * (np.float32(1) / np.float32(corners))
    ordered = np.empty_like(distance)
    np.put_along_axis(ordered, corners - 1 - rank, distance, 1)
    shares: Array = ordered.copy()
    shares[:, 1:] -= ordered[:, :-1]
    shares[:, 0] += 1 - ordered[:, -1]
    return shares


def _filter(kernels: Any, x: Array, lattice: Lattice, out: Array, *, backward: bool = False) -> Any:
    if not (x.flags.c_contiguous and out.flags.c_contiguous and x.dtype == out.dtype):
        return NotImplemented
    channels, points = x.shape
    corners, vertices = lattice.before.shape
    arrays = (array.reshape(-1) for array in lattice)
    memory = Scratch("values of a lattice", 2 * (vertices + 1), x.dtype)
    sizes = points, corners, vertices, int(backward)
    alpha = np.float32(_alpha(corners))
    arguments = x.reshape(-1), *sizes, *arrays, alpha, memory, out.reshape(-1)
    launch_over_values(kernels.filter_channels, channels, arguments, corners * (points + vertices))
    return None


@compiled_by("segmentation.permutohedral_kernel", _filter)
def filter_points(x: Array, lattice: Lattice, out: Array, *, backward: bool = False) -> None:
    """out = each row of x, (channels, points), filtered; `backward` is the transpose of that."""
    corners, vertices = lattice.before.shape
    flat = lattice.offsets.reshape(-1)
    order = range(corners - 1, -1, -1) if backward else range(corners)
    taken = lattice.weights * np.float32(_alpha(corners))
    for values, result in zip(x, out, strict=True):
        given = (lattice.weights * values[:, None]).reshape(-1)
        held = np.bincount(flat, given, vertices + 1).astype(x.dtype)
        for direction in order:
            neighbours = held[lattice.before[direction]] + held[lattice.behind[direction]]
            held[:-1] += x.dtype.type(0.5) * neighbours
        np.einsum("pc,pc->p", taken.astype(x.dtype), held[lattice.offsets], out=result)


def _alpha(corners: int) -> float:
    return 1 / (1 + 2.0 ** (1 - corners))
