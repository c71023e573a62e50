"""Maximum and average over windows of images, and their gradients.

x  (N, C, height, width)     the window has two axes, any stride and padding, no dilation
y  (N, C, *places)           a window may stick out at the end: what lies outside does not count

Caffe: pooling_layer.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from blobnet.ops import wide_pooling
from blobnet.ops.jit import compiled
from blobnet.ops.parallel import for_each
from blobnet.ops.phases import Chunk, chunks
from blobnet.ops.tiles import LANES, whole
from blobnet.ops.values import are_flat, for_values
from blobnet.ops.window import Window, window_counts
from blobnet.ops.workspace import scratch
from blobnet.types import Array, DType, IntArray, Shape

LOWEST = -float(np.finfo(np.float32).max)
"""Where a maximum starts, in either precision: what is not above it never wins."""

ONE_VALUE = Window((1, 1), (1, 1), (0, 0), (1, 1))

BOOL = np.dtype(bool)


def max_forward(x: Array, window: Window, y: Array, winner: Array) -> None:
    """y = the largest value in each window, `winner` = 1 + the number of its tap.

    The first of equal values wins. In a window without a value above LOWEST, NaN included,
    nobody does: y is LOWEST and the winner 0.
    """
    if wide_pooling.suits(window, x.shape[2:]):
        wide_pooling.max_forward(x, window, LOWEST, y, winner)
        return
    kernels = _kernels(x, y, winner)
    if kernels and not _is_whole_image(x, y, window):
        sizes = kernel_sizes(x, y, window)
        flat = (x.reshape(-1), LOWEST, y.reshape(-1), winner.reshape(-1))
        _for_images(lambda begin, end: kernels.maxima(begin, end, sizes, *flat), x)
        return

    def work(chunk: Chunk) -> None:
        with np.errstate(all="ignore"):
            if _is_whole_image(x, y, window):
                _max_of_images(chunk, chunk.of(winner), window)
            else:
                _max_of_windows(chunk, chunk.of(winner))

    for_each(work, chunks(x, y, window))


def max_backward(dy: Array, winner: Array, window: Window, dx: Array) -> None:
    """dx = the sum of `dy` over the windows that each value has won, in the windows' order."""
    if wide_pooling.suits(window, dx.shape[2:]):
        wide_pooling.max_backward(dy, winner, dx)
        return
    kernels = _kernels(dx, dy, winner)
    if kernels:
        sizes, taps = kernel_sizes(dx, dy, window), _tap_offsets(window, dx.shape[3])
        flat = (dy.reshape(-1), winner.reshape(-1), taps, dx.reshape(-1))
        _for_images(lambda begin, end: kernels.give_to_winners(begin, end, sizes, *flat), dx)
        return

    def work(chunk: Chunk) -> None:
        with np.errstate(all="ignore"):
            if _is_whole_image(dx, dy, window):
                _spread_to_winners_of_images(chunk, chunk.of(winner), window)
            else:
                _spread_to_winners(chunk, chunk.of(winner))

    for_each(work, chunks(dx, dy, window))


def winner_dtype(window: Window, size: Shape) -> DType:
    """The smallest integer type that can number what may win from 1: taps, or pixels."""
    return np.min_scalar_type(
        math.prod(size if wide_pooling.suits(window, size) else window.kernel)
    )


def winner_positions(winner: Array, window: Window, size: Shape) -> Array:
    """Where in an image of `size` the winners stand: row * width + column, or -1 for nobody."""
    if wide_pooling.suits(window, size):
        return winner.astype(np.int64) - 1
    row, column = np.divmod(winner.astype(np.int64) - 1, window.kernel[1])
    row += (np.arange(winner.shape[2]) * window.stride[0] - window.pad[0])[:, None]
    column += np.arange(winner.shape[3]) * window.stride[1] - window.pad[1]
    return np.where(winner > 0, row * size[1] + column, -1)


def average_forward(x: Array, window: Window, y: Array) -> None:
    """y = the sum over each window, divided by `window_counts`."""
    _sum_forward(x, window, window_counts(window, x.shape[2:], y.shape[2:], x.dtype), y)


def average_backward(dy: Array, window: Window, dx: Array) -> None:
    """dx = the sum of dy / `window_counts` over the windows that hold each value."""
    counts = window_counts(window, dx.shape[2:], dy.shape[2:], dy.dtype)
    if wide_pooling.suits(window, dx.shape[2:]):
        wide_pooling.sum_backward(dy, window, counts, dx)
        return
    kernels = _kernels(dx, dy)
    if kernels and not _is_whole_image(dx, dy, window):
        _average_backward(kernels, dy, window, counts, dx)
        return

    def work(chunk: Chunk) -> None:
        with np.errstate(all="ignore"):
            if _is_whole_image(dx, dy, window):
                chunk.x[...] = chunk.y / counts
            else:
                _spread_evenly(chunk, chunk.y / counts)

    for_each(work, chunks(dx, dy, window))


def sum_forward(x: Array, window: Window, y: Array) -> None:
    """y = the sum over each window."""
    places = y.shape[2:]
    _sum_forward(x, window, window_counts(ONE_VALUE, places, places, x.dtype), y)


def _sum_forward(x: Array, window: Window, divisors: Array, y: Array) -> None:
    """y = the sum over each window, divided by what `divisors` (*places) says."""
    if wide_pooling.suits(window, x.shape[2:]):
        wide_pooling.sum_forward(x, window, divisors, y)
        return
    kernels = _kernels(x, y)
    if kernels and not _is_whole_image(x, y, window):
        _average_forward(kernels, x, window, divisors, y)
        return

    def work(chunk: Chunk) -> None:
        with np.errstate(all="ignore"):
            np.divide(_sums(chunk, _is_whole_image(x, y, window)), divisors, out=chunk.y)

    for_each(work, chunks(x, y, window))


def _is_whole_image(x: Array, y: Array, window: Window) -> bool:
    """Whether there is one window, and every value of the image is in it."""
    covers = all(k >= length for k, length in zip(window.kernel, x.shape[2:], strict=True))
    return covers and y.shape[2:] == (1, 1) and not any(window.pad)


# --- compiled kernels -----------------------------------------------------------------------------


def _kernels(x: Array, y: Array, winner: Array | None = None) -> Any:
    """The compiled kernels, where they can do it."""
    if not x.size or not are_flat(x, y):
        return None
    if winner is not None and not (winner.flags.c_contiguous and winner.itemsize <= 2):
        return None
    return compiled("pooling")


def kernel_sizes(x: Array, y: Array, window: Window) -> tuple[int, ...]:
    """What the compiled kernels need to know of shapes and window."""
    return (*x.shape[2:], *y.shape[2:], *window.kernel, *window.stride, *window.pad)


@lru_cache(maxsize=256)
def _tap_offsets(window: Window, width: int) -> IntArray:
    """By winner, how far from the first pixel of a window its tap is, in images of this width."""
    rows, columns = np.indices(window.kernel)
    return np.concatenate([[0], (rows * width + columns).ravel()])


def _for_images(work: Callable[[int, int], None], x: Array) -> None:
    for_values(work, x.shape[0] * x.shape[1], x.shape[2] * x.shape[3])


def _average_forward(kernels: Any, x: Array, window: Window, divisors: Array, y: Array) -> None:
    sizes, flat = kernel_sizes(x, y, window), (x.reshape(-1), divisors.reshape(-1))
    rows = x.shape[2] * whole(y.shape[3], LANES)

    def work(begin: int, end: int) -> None:
        across = scratch("pooling across", (rows,), x.dtype)
        kernels.averages(begin, end, sizes, *flat, across, y.reshape(-1))

    _for_images(work, x)


def _average_backward(kernels: Any, dy: Array, window: Window, counts: Array, dx: Array) -> None:
    sizes, flat = kernel_sizes(dx, dy, window), (dy.reshape(-1), counts.reshape(-1))
    rows = [dy.shape[2] * whole(array.shape[3], LANES) for array in (dy, dx)]

    def work(begin: int, end: int) -> None:
        shares = scratch("pooling shares", (rows[0],), dx.dtype)
        across = scratch("pooling across", (rows[1],), dx.dtype)
        kernels.give_to_all(begin, end, sizes, *flat, shares, across, dx.reshape(-1))

    _for_images(work, dx)


# --- one chunk of images --------------------------------------------------------------------------


def _max_of_images(chunk: Chunk, winner: Array, window: Window) -> None:
    images = chunk.x.reshape(len(chunk.x), -1)
    best = np.fmax.reduce(images, axis=1, initial=LOWEST)
    chunk.y[:, 0, 0] = best
    row, column = np.divmod((images == best[:, None]).argmax(axis=1), chunk.x.shape[2])
    winner[:, 0, 0] = np.where(best > LOWEST, row * window.kernel[1] + column + 1, 0)


def _max_of_windows(chunk: Chunk, winner: Array) -> None:
    seen = chunk.sort(padding=LOWEST)
    best, code = chunk.planes("best"), chunk.planes("code", dtype=winner.dtype)
    better, mark = chunk.planes("better", dtype=BOOL), chunk.planes("mark", dtype=winner.dtype)
    for number, tap in enumerate(chain.from_iterable(chunk.layout.taps), start=1):
        values = seen[tap.phase][tap.shift :]
        if number == 1:
            np.greater(values, LOWEST, out=better)
            np.fmax(values, LOWEST, out=best)
            code[...] = better
            continue
        here = slice(0, len(values))
        np.greater(values, best[here], out=better[here])
        np.fmax(values, best[here], out=best[here])
        # later taps have higher numbers, so the highest number is the last that was better
        np.multiply(better[here].view(np.uint8), code.dtype.type(number), out=mark[here])
        np.maximum(code[here], mark[here], out=code[here])
    chunk.y[...] = chunk.places(best)
    winner[...] = chunk.places(code)


def _spread_to_winners_of_images(chunk: Chunk, winner: Array, window: Window) -> None:
    chunk.x.fill(0)
    (image,) = np.nonzero(winner[:, 0, 0])
    row, column = np.divmod(winner[image, 0, 0].astype(np.intp) - 1, window.kernel[1])
    chunk.x[image, row, column] = chunk.y[image, 0, 0]


def _spread_to_winners(chunk: Chunk, winner: Array) -> None:
    dy, code = chunk.widened("best", chunk.y), chunk.widened("code", winner)
    won, part = chunk.planes("better", dtype=BOOL), chunk.planes("part")
    spread = chunk.phase_planes()
    spread.fill(0)
    taps = list(enumerate(chain.from_iterable(chunk.layout.taps), start=1))
    for number, tap in reversed(taps):  # what sees a value with a later tap is an earlier window
        target = spread[tap.phase][tap.shift :]
        here = slice(0, len(target))
        np.equal(code[here], code.dtype.type(number), out=won[here])
        np.multiply(dy[here], won[here], out=part[here])
        np.add(target, part[here], out=target)
    chunk.unsort(spread)


def _sums(chunk: Chunk, of_whole_images: bool) -> Array:
    """The sum over each window, first across, then down: (S, *places)."""
    if of_whole_images:
        images = chunk.x.reshape(len(chunk.x), -1)
        return (images @ np.ones(images.shape[1], images.dtype))[:, None, None]
    seen, sums = chunk.sort(padding=0), chunk.planes("sums")
    sums_across = chunk.planes("across", chunk.layout.phases[0])
    for column, tap in enumerate(chunk.layout.taps[0]):
        _add(sums_across, seen[:, tap.phase[1], tap.shift :], first=column == 0)
    for row, (tap, *_) in enumerate(chunk.layout.taps):
        _add(sums, sums_across[tap.phase[0], tap.shift :], first=row == 0)
    return chunk.places(sums)


def _spread_evenly(chunk: Chunk, dy: Array) -> None:
    """Add every value of `dy` to all of its window: `_sums` backwards."""
    given, spread = chunk.widened("sums", dy), chunk.phase_planes()
    given_across = chunk.planes("across", chunk.layout.phases[1])
    for tap in chunk.layout.taps[0]:
        target = given_across[tap.phase[1], tap.shift :]
        _add(target, given[: len(target)], first=tap.first)
    for tap, *_ in chunk.layout.taps:
        target = spread[tap.phase[0], :, tap.shift :]
        _add(target, given_across[:, : target.shape[1]], first=tap.first)
    chunk.unsort(spread)


def _add(total: Array, values: Array, *, first: bool) -> None:
    """Add to the front of `total`; where these are its `first` values, set them instead."""
    front = total[..., : values.shape[-1]]
    if first:
        front[...] = values
    else:
        np.add(front, values, out=front)
