"""How alike two maps of features are, at every place and for every move of the second one.

a, b  (N, C, H, W)
y     (N, P * O, *places)  for each move down, of P, and each move across, of O: the mean over the
                           channels and a square window of a * moved b, or of |a - moved b|

Outside of the maps there are zeros. Images go one by one, so that memory does not grow with the
batch; rows are shared among threads, and each sum is made by one of them.

Caffe: correlation_layer.cu, correlation_layer1d.cu of FlowNet2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch
from blobnet.ops.simd.isa import LANES
from blobnet.types import Array, DType, IntArray, Shape

AT_ONCE = 4  # as the kernels have it


class Moves(NamedTuple):
    """Where windows stand, and how the second map is moved.

    kernel, stride   of the window, which is square
    first            (row, column) where the first window begins; below 0 in the zeros around
    places           (rows, columns) of windows
    down, across     by how many rows and columns the second map is looked at further on
    """

    kernel: int
    stride: int
    first: tuple[int, int]
    places: tuple[int, int]
    down: tuple[int, ...]
    across: tuple[int, ...]

    @property
    def reach(self) -> Shape:
        """How many rows and columns all windows cover."""
        return tuple((count - 1) * self.stride + self.kernel for count in self.places)


class Frame(NamedTuple):
    """A part of the plane that holds all that is looked at; outside of the maps it has zeros."""

    top: int  # from the maps' first row; not above 0, as `left`
    left: int
    height: int
    width: int

    def zeros(self, channels: int, dtype: DType) -> Array:
        """A flat array of (height, channels, width), with LANES values behind that are read."""
        return np.zeros(self.height * channels * self.width + LANES, dtype)

    def of(self, flat: Array, channels: int) -> Array:
        """A view of such an array that has its axes."""
        framed: Array = flat[:-LANES].reshape(self.height, channels, self.width)
        return framed

    def holding(self, x: Array, channels: int) -> Array:
        """A map (C, H, W) in the frame, flat; with more channels those behind are zeros."""
        flat = self.zeros(channels, x.dtype)
        inner = self.of(flat, channels)[-self.top :, :, -self.left :]
        inner[: x.shape[1], : len(x), : x.shape[2]] = x.transpose(1, 0, 2)
        return flat


def forward(a: Array, b: Array, moves: Moves, y: Array, *, is_product: bool = True) -> None:
    """y = the means of products, or of absolute differences."""
    frame, channels = _frame(moves, a.shape[2:]), a.shape[1]
    sums = np.empty((len(moves.down), len(_padded(moves.across)), *moves.reach), a.dtype)
    for first, second, result in zip(a, b, y, strict=True):
        maps = frame.holding(first, channels), frame.holding(second, channels)
        _sums(*maps, frame, channels, moves, sums, is_product)
        used = sums[:, : len(moves.across)].reshape(-1, *moves.reach)
        result[...] = 0
        for covered in _taps(moves):
            result += used[covered]
        result /= moves.kernel**2 * channels


def gradients(
    a: Array, b: Array, dy: Array, moves: Moves, da: Array | None, db: Array | None,
    *, is_product: bool = True,
) -> None:  # fmt: skip
    """da, db = the gradients of both maps, where wanted.

    For differences they are FlowNet2's, which are not the derivative: the sign that it takes for
    a move is that of a - b at the moved place in *both* maps.
    """
    frame, channels = _frame(moves, a.shape[2:]), -(-a.shape[1] // AT_ONCE) * AT_ONCE
    here = (0,) * len(moves.down), (0,) * len(moves.across)
    there = moves.down, moves.across
    back = tuple(-n for n in moves.down), tuple(-n for n in moves.across)
    for n in range(len(a)):
        shares = _shares(dy[n], frame, moves, moves.kernel**2 * a.shape[1])
        first, second = frame.holding(a[n], channels), frame.holding(b[n], channels)
        if not is_product:
            sign = np.where(first >= second, 1, -1).astype(a.dtype)
            first, second = -sign, sign
        for wanted, other, at, other_at in ((da, second, here, there), (db, first, back, back)):
            if wanted is not None:
                result = np.empty((a.shape[2], channels, a.shape[3]), a.dtype)
                _spread(shares, other, frame, at, other_at, result)
                wanted[n] = result.transpose(1, 0, 2)[: a.shape[1]]


# --- the frame ------------------------------------------------------------------------------------


def _frame(moves: Moves, size: Shape) -> Frame:
    """What holds the maps, all windows, and both wherever they are moved, forth and back."""
    ends = []
    for first, reach, length, steps in zip(
        moves.first, moves.reach, size, (moves.down, moves.across), strict=True
    ):
        least, most = min(0, *steps), max(0, *steps)
        begin = min(first, 0) + min(least, -most)
        ends.append((begin, max(first + reach, length) + max(most, -least)))
    (top, bottom), (left, right) = ends
    return Frame(top, left, bottom - top, right - left)


def _taps(moves: Moves) -> Iterator[tuple[slice, ...]]:
    """For each value of a window: where in what all windows cover it is."""
    for row in range(moves.kernel):
        for column in range(moves.kernel):
            yield (
                slice(None),
                *(
                    slice(tap, tap + (count - 1) * moves.stride + 1, moves.stride)
                    for tap, count in zip((row, column), moves.places, strict=True)
                ),
            )


def _shares(dy: Array, frame: Frame, moves: Moves, divisor: int) -> Array:
    """How much the products at each place count, for each move: (height, moves, width), flat."""
    covered = np.zeros((len(dy), *moves.reach), dy.dtype)
    for tap in _taps(moves):
        covered[tap] += dy
    covered /= divisor
    flat = frame.zeros(len(dy), dy.dtype)
    row, column = moves.first[0] - frame.top, moves.first[1] - frame.left
    height, width = moves.reach
    inner = frame.of(flat, len(dy))[row : row + height, :, column : column + width]
    inner[...] = covered.transpose(1, 0, 2)
    return flat


def _padded(steps: Sequence[int]) -> Sequence[int]:
    """As many as the kernels take at once, or several times as many; the last one is repeated."""
    return [*steps, *([steps[-1]] * (-len(steps) % AT_ONCE))]


# --- who computes ---------------------------------------------------------------------------------


def _sums_compiled(
    kernels: Any, a: Array, b: Array, frame: Frame, channels: int, moves: Moves, sums: Array,
    is_product: bool,
) -> None:  # fmt: skip
    row, column = moves.first[0] - frame.top, moves.first[1] - frame.left
    sizes = (channels, frame.width, row, column, *moves.reach, *sums.shape[:2])
    arguments = (sizes, a, b, _numbers(moves.down), _numbers(_padded(moves.across)))
    kernel = kernels.products if is_product else kernels.differences
    products = sums.size * channels
    launch(kernel, moves.reach[0], (*arguments, sums.reshape(-1)), products=products)


@compiled_by("motion.correlation_kernel", _sums_compiled)
def _sums(
    a: Array, b: Array, frame: Frame, channels: int, moves: Moves, sums: Array, is_product: bool
) -> None:
    """sums[p, o] = the sum over channels of a * b, moved, where windows are."""
    row, column = moves.first[0] - frame.top, moves.first[1] - frame.left
    height, width = moves.reach
    first, second = frame.of(a, channels), frame.of(b, channels)
    here = first[row : row + height, :, column : column + width]
    for p, down in enumerate(moves.down):
        for o, across in enumerate(moves.across):
            top, left = row + down, column + across
            there = second[top : top + height, :, left : left + width]
            terms = here * there if is_product else np.abs(here - there)
            terms.sum(axis=1, out=sums[p, o])


Steps = tuple[tuple[int, ...], tuple[int, ...]]


def _spread_compiled(
    kernels: Any, shares: Array, other: Array, frame: Frame, at: Steps, other_at: Steps, y: Array
) -> None:
    rows, channels, columns = y.shape
    sizes = (channels, frame.width, -frame.top, -frame.left, rows, columns, *map(len, at))
    steps = (_numbers(numbers) for numbers in (*at, *other_at))
    products = y.size * len(at[0]) * len(at[1])
    items = rows * (channels // AT_ONCE)
    launch(kernels.gradients, items, (sizes, shares, other, *steps, y.reshape(-1)), products)


@compiled_by("motion.correlation_kernel", _spread_compiled)
def _spread(
    shares: Array, other: Array, frame: Frame, at: Steps, other_at: Steps, y: Array
) -> None:
    """y[:, c] = the sum over all moves of shares, moved by `at`, * other[:, c], by `other_at`."""
    rows, channels, columns = y.shape
    weights = frame.of(shares, len(at[0]) * len(at[1]))
    values = frame.of(other, channels)
    y.fill(0)
    for p, (down, other_down) in enumerate(zip(at[0], other_at[0], strict=True)):
        for o, (across, other_across) in enumerate(zip(at[1], other_at[1], strict=True)):
            top, left = down - frame.top, across - frame.left
            share = weights[top : top + rows, p * len(at[1]) + o, left : left + columns]
            top, left = other_down - frame.top, other_across - frame.left
            y += share[:, None] * values[top : top + rows, :, left : left + columns]


def _numbers(steps: Sequence[int]) -> IntArray:
    return np.array(steps, np.int64)
