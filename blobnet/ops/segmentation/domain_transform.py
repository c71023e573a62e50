"""Smoothing along rows and columns, each value drawn to its neighbour by a weight.

y, dx   (N, C, H, W)     smoothed where they stand; of image n, rows and columns up to `sizes`[n]
weight  (N, H, W)        of the link between each pixel and the one before it, above or to the left
saved   (4, N, C, H, W)  what each of the four passes leaves behind for backward: differences

The passes go right, left, down and up: y[i] += weight * (y[i before] - y[i]), one after the other.
Caffe: domain_transform_layer.cpp of PSPNet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.types import Array, IntArray


def _forward(
    kernels: Any, y: Array, weight: Array, sizes: IntArray, saved: Array | None = None
) -> Any:
    if not (y.flags.c_contiguous and weight.flags.c_contiguous and y.dtype == weight.dtype):
        return NotImplemented
    num, channels, height, width = y.shape
    room = np.empty(0, y.dtype) if saved is None else saved.reshape(-1)
    arguments = (
        y.reshape(-1), weight.reshape(-1), sizes.reshape(-1), channels, height, width, room,
        int(saved is not None),
    )  # fmt: skip
    launch_over_values(kernels.smooth, num * channels, arguments, 4 * height * width)
    return None


@compiled_by("segmentation.domain_transform_kernel", _forward)
def smooth(y: Array, weight: Array, sizes: IntArray, saved: Array | None = None) -> None:
    """Smooth y; `saved` is written where it is given."""
    for image, (height, width) in enumerate(sizes):
        for index, (lines, links, is_back) in enumerate(
            _passes(y[image, :, :height, :width], weight[image, :height, :width])
        ):
            differences = None
            if saved is not None:
                all_saved = saved[index, image, :, :height, :width]
                differences = all_saved if index < 2 else all_saved.swapaxes(1, 2)
            for at, before, link in _steps(lines.shape[-1], is_back=is_back):
                difference = lines[..., before] - lines[..., at]
                if differences is not None:
                    differences[..., at] = difference
                lines[..., at] += links[..., link] * difference


def _backward(
    kernels: Any, dx: Array, weight: Array, sizes: IntArray, saved: Array, d_weight: Array
) -> Any:
    arrays = dx, weight, saved, d_weight
    if not all(array.flags.c_contiguous and array.dtype == dx.dtype for array in arrays):
        return NotImplemented
    num, channels, height, width = dx.shape
    arguments = (
        dx.reshape(-1), weight.reshape(-1), sizes.reshape(-1), channels, height, width,
        saved.reshape(-1), d_weight.reshape(-1),
    )  # fmt: skip
    launch_over_values(kernels.smooth_backward, num, arguments, 8 * channels * height * width)
    return None


@compiled_by("segmentation.domain_transform_kernel", _backward)
def smooth_backward(
    dx: Array, weight: Array, sizes: IntArray, saved: Array, d_weight: Array
) -> None:
    """dx from dy, where it stands; the gradient of the weights is added to `d_weight`."""
    for image, (height, width) in enumerate(sizes):
        weights, all_gradients = weight[image, :height, :width], d_weight[image, :height, :width]
        passes = [*_passes(dx[image, :, :height, :width], weights)]
        for index in range(3, -1, -1):
            lines, links, is_back = passes[index]
            differences, gradient = saved[index, image, :, :height, :width], all_gradients
            if index > 1:
                differences, gradient = differences.swapaxes(1, 2), gradient.T
            for at, before, link in reversed([*_steps(lines.shape[-1], is_back=is_back)]):
                gradient[..., link] += (lines[..., at] * differences[..., at]).sum(axis=0)
                lines[..., before] += links[..., link] * lines[..., at]
                lines[..., at] *= 1 - links[..., link]


def _passes(values: Array, weight: Array) -> Iterator[tuple[Array, Array, bool]]:
    """The lines of each pass, the weights of their links, and whether it goes back."""
    for lines, links in ((values, weight), (values.swapaxes(1, 2), weight.T)):
        for is_back in (False, True):
            yield lines, links, is_back


def _steps(length: int, *, is_back: bool) -> Iterator[tuple[int, int, int]]:
    """Of a line: each place, the one that it is drawn to, and the number of their link."""
    for at in range(length - 2, -1, -1) if is_back else range(1, length):
        yield (at, at + 1, at + 1) if is_back else (at, at - 1, at)
