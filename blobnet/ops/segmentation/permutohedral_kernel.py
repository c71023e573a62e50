"""A Gaussian filter by a permutohedral lattice, channel by channel; all arrays are flat."""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array


@exact_kernel
def filter_channels(
    begin: int, end: int, x: Array, points: int, corners: int, vertices: int, backward: int,
    offsets: Array, weights: Array, before: Array, behind: Array, alpha: float, memory: Array,
    out: Array,
) -> None:  # fmt: skip
    """`filter_points`; range(begin, end) counts channels.

    memory  2 * (vertices + 1) values; the last of either half stays 0, for neighbours that are none
    """
    half = x.dtype.type(0.5)
    for channel in range(begin, end):
        values, result = (
            x[channel * points : (channel + 1) * points],
            out[channel * points : (channel + 1) * points],
        )
        held, blurred = memory[: vertices + 1], memory[vertices + 1 :]
        for i in range(vertices + 1):
            held[i] = 0
        blurred[vertices] = 0
        for point in range(points):
            for corner in range(point * corners, (point + 1) * corners):
                held[offsets[corner]] += x.dtype.type(weights[corner]) * values[point]
        for step in range(corners):
            direction = corners - 1 - step if backward else step
            ahead = before[direction * vertices : (direction + 1) * vertices]
            back = behind[direction * vertices : (direction + 1) * vertices]
            for i in range(vertices):
                blurred[i] = held[i] + half * (held[ahead[i]] + held[back[i]])
            held, blurred = blurred, held
        for point in range(points):
            total = x.dtype.type(0)
            for corner in range(point * corners, (point + 1) * corners):
                share = x.dtype.type(weights[corner] * alpha)
                total += share * held[offsets[corner]]
            result[point] = total
