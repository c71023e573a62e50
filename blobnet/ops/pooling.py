"""Maximum and average over windows of images, and their gradients.

x  (N, C, height, width)     the window has two axes, any stride and padding
y  (N, C, *places)           a window may stick out at the end: what lies outside does not count

What is computed is told in `reference/pooling.py`. The kernels do the same image by image; the
maxima of whole images are left to numpy, which is faster there, and so are dilated windows.

Caffe: pooling_layer.cpp.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import Scratch, launch_over_values
from blobnet.ops.parallel import for_each
from blobnet.ops.pooling_argmax import argmax_dtype, is_wide
from blobnet.ops.recording import computes_otherwise
from blobnet.ops.reference import pooling as reference
from blobnet.ops.reference.pooling import LOWEST
from blobnet.ops.simd.isa import LANES, whole
from blobnet.ops.values import are_flat, for_values
from blobnet.ops.window import Window, window_counts
from blobnet.types import Array, IntArray

VALUES = 2**17
"""Values of whole images in a chunk, where a single one has no more."""


def _max_forward(kernels: Any, x: Array, window: Window, y: Array, argmax: Array | None) -> Any:
    if not _is_for_kernels(window, x) or not _are_fit(x, y, argmax):
        return NotImplemented
    if _is_whole_image(x, y, window):
        _max_of_images(x, window, y, argmax)
        return None
    if argmax is None:
        plain = (kernel_sizes(x, y, window), x.reshape(-1), LOWEST, y.reshape(-1))
        _over_images(kernels.largest, plain, x)
        return None
    if argmax.itemsize > 2:  # a kernel's lanes cannot hold the numbers
        return NotImplemented
    sizes = kernel_sizes(x, y, window)
    flat = (x.reshape(-1), LOWEST, y.reshape(-1), argmax.reshape(-1))
    _over_images(kernels.maxima, (sizes, *flat), x)
    return None


@compiled_by("pooling_kernel", _max_forward)
def max_forward(x: Array, window: Window, y: Array, argmax: Array | None) -> None:
    """y = the largest value in each window, `argmax` = the number of its tap (`pooling_argmax.py`).

    argmax  None where nobody goes back

    The first of equal values wins. In a window without a value above LOWEST, NaN included,
    none does: y is LOWEST and the argmax 0.
    """
    if argmax is None:
        argmax = np.empty(y.shape, argmax_dtype(window, x.shape[2:]))
    reference.max_forward(x, window, y, argmax)


def _max_backward(kernels: Any, dy: Array, argmax: Array, window: Window, dx: Array) -> Any:
    if not _is_for_kernels(window, dx) or not _are_fit(dx, dy, argmax) or argmax.itemsize > 2:
        return NotImplemented
    sizes, taps = kernel_sizes(dx, dy, window), _tap_offsets(window, dx.shape[3])
    flat = (dy.reshape(-1), argmax.reshape(-1), taps, dx.reshape(-1))
    _over_images(kernels.maxima_backward, (sizes, *flat), dx)
    return None


@compiled_by("pooling_kernel", _max_backward)
def max_backward(dy: Array, argmax: Array, window: Window, dx: Array) -> None:
    """dx = the sum of `dy` over the windows whose maximum it is, in the windows' order."""
    reference.max_backward(dy, argmax, window, dx)


def _average_forward(kernels: Any, x: Array, window: Window, y: Array) -> Any:
    if not _is_for_kernels(window, x) or not _are_fit(x, y):
        return NotImplemented
    counts = window_counts(window, x.shape[2:], y.shape[2:], x.dtype)
    sizes, flat = kernel_sizes(x, y, window), (x.reshape(-1), counts.reshape(-1))
    across = Scratch("pooling across", x.shape[2] * whole(y.shape[3], LANES), x.dtype)
    _over_images(kernels.averages, (sizes, *flat, across, y.reshape(-1)), x)
    return None


_average_of_windows = compiled_by("pooling_kernel", _average_forward)(reference.average_forward)


def average_forward(x: Array, window: Window, y: Array) -> None:
    """y = the sum over each window, divided by `window_counts`."""
    if _is_whole_image(x, y, window) and not is_wide(window, x.shape[2:]):
        _average_of_images(x, window_counts(window, x.shape[2:], (1, 1), x.dtype), y)
    else:
        _average_of_windows(x, window, y)


def _average_backward(kernels: Any, dy: Array, window: Window, dx: Array) -> Any:
    if not _is_for_kernels(window, dx) or not _are_fit(dx, dy):
        return NotImplemented
    counts = window_counts(window, dx.shape[2:], dy.shape[2:], dy.dtype)
    if _is_whole_image(dx, dy, window):
        images, shares = _images(dx), (dy / counts).reshape(-1, 1)
        _for_images(lambda begin, end: np.copyto(images[begin:end], shares[begin:end]), dx)
        return None
    sizes, flat = kernel_sizes(dx, dy, window), (dy.reshape(-1), counts.reshape(-1))
    rows = [dy.shape[2] * whole(array.shape[3], LANES) for array in (dy, dx)]
    scratch = [
        Scratch(f"pooling {purpose}", row, dx.dtype)
        for purpose, row in zip(("shares", "across"), rows, strict=True)
    ]
    arguments = sizes, *flat, *scratch, dx.reshape(-1)
    _over_images(kernels.averages_backward, arguments, dx)
    return None


@compiled_by("pooling_kernel", _average_backward)
def average_backward(dy: Array, window: Window, dx: Array) -> None:
    """dx = the sum of dy / `window_counts` over the windows that hold each value."""
    reference.average_backward(dy, window, dx)


def kernel_sizes(x: Array, y: Array, window: Window) -> tuple[int, ...]:
    """What the compiled kernels need to know of shapes and window."""
    return (*x.shape[2:], *y.shape[2:], *window.kernel, *window.stride, *window.pad)


def _is_for_kernels(window: Window, x: Array) -> bool:
    return set(window.dilation) == {1} and not is_wide(window, x.shape[2:])


def _are_fit(x: Array, y: Array, argmax: Array | None = None) -> bool:
    """Whether the kernels can take these arrays."""
    if not x.size or not are_flat(x, y):
        return False
    return argmax is None or argmax.flags.c_contiguous


def _is_whole_image(x: Array, y: Array, window: Window) -> bool:
    """Whether there is one window, and every value of the image is in it."""
    covers = all(k >= length for k, length in zip(window.kernel, x.shape[2:], strict=True))
    covers = covers and set(window.dilation) == {1}
    return covers and y.shape[2:] == (1, 1) and not any(window.pad)


def _max_of_images(x: Array, window: Window, y: Array, argmax: Array | None) -> None:
    computes_otherwise()
    images, best = _images(x), y.reshape(-1)
    taps = None if argmax is None else argmax.reshape(-1)

    def work(some: slice) -> None:
        values = images[some]
        np.fmax.reduce(values, axis=1, initial=LOWEST, out=best[some])
        if taps is None:
            return
        row, column = np.divmod((values == best[some, None]).argmax(axis=1), x.shape[3])
        taps[some] = np.where(best[some] > LOWEST, row * window.kernel[1] + column + 1, 0)

    for_each(work, _chunks(images))


def _means(kernels: Any, x: Array, counts: Array, y: Array) -> Any:
    if not _are_fit(x, y):
        return NotImplemented
    size = x.shape[2] * x.shape[3]
    arguments = x.reshape(-1), size, counts.reshape(-1), y.reshape(-1)
    launch_over_values(kernels.image_means, y.size, arguments, size)
    return None


@compiled_by("sum_kernel", _means)
def _average_of_images(x: Array, counts: Array, y: Array) -> None:
    images, sums = _images(x), np.empty(x.shape[0] * x.shape[1], x.dtype)
    ones = np.ones(images.shape[1], x.dtype)
    for_each(lambda some: np.matmul(images[some], ones, out=sums[some]), _chunks(images))
    np.divide(sums.reshape(y.shape), counts, out=y)


def _images(x: Array) -> Array:
    return x.reshape(x.shape[0] * x.shape[1], x.shape[2] * x.shape[3])


def _chunks(images: Array) -> list[slice]:
    step = max(1, VALUES // max(1, images.shape[1]))
    return [slice(begin, begin + step) for begin in range(0, len(images), step)]


@lru_cache(maxsize=256)
def _tap_offsets(window: Window, width: int) -> IntArray:
    """By argmax, how far from the first pixel of a window its tap is, in images of this width."""
    rows, columns = np.indices(window.kernel)
    return np.concatenate([[0], (rows * width + columns).ravel()])


def _over_images(kernel: Any, arguments: tuple[Any, ...], x: Array) -> None:
    launch_over_values(kernel, x.shape[0] * x.shape[1], arguments, x.shape[2] * x.shape[3])


def _for_images(work: Callable[[int, int], None], x: Array) -> None:
    for_values(work, x.shape[0] * x.shape[1], x.shape[2] * x.shape[3])
