"""Convolution over three axes as one over two: what a window sees of other frames are channels.

For each frame of y, the frames of x that its windows see are laid out as channels, one image after
the other of the batch; so the kernels for images do the rest. That takes as much memory as the
window is deep, for one clip at a time. Arrays as in `__init__.py`, with places (L, H, W).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from blobnet.ops.jit import compiled
from blobnet.ops.recording import computes_otherwise
from blobnet.ops.values import are_flat
from blobnet.ops.window import Window, overlap
from blobnet.ops.workspace import scratch
from blobnet.types import Array

Forward = Callable[[Array, Array, Array | None, Window, Array], None]
Backward = Callable[[Array, Array, Window, Array], None]


def is_possible(window: Window, *arrays: Array) -> bool:
    """Whether there are kernels that can take these arrays so."""
    if len(window.kernel) != 3 or not are_flat(*arrays):
        return False
    return compiled("conv.direct_kernel") is not None


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, of_images: Forward
) -> None:
    """`of_images` is the same for two axes."""
    computes_otherwise()
    across, flat = _across(window), _flat(weight)
    for clip, result in zip(x, y, strict=True):
        frames = _frames("frames of y", result)
        of_images(_stacked(clip, window, len(frames)), flat, bias, across, frames)
        result[...] = frames.transpose(1, 0, 2, 3)


def input_gradient(
    dy: Array, weight: Array, window: Window, dx: Array, of_images: Backward
) -> None:
    computes_otherwise()
    across, flat = _across(window), _flat(weight)
    for given, clip in zip(dy, dx, strict=True):
        frames = _frames("frames of dy", given)
        frames[...] = given.transpose(1, 0, 2, 3)
        stack = _stack(clip, window, len(frames))
        images = stack.reshape(len(stack), -1, *stack.shape[3:])
        of_images(frames, flat, across, images)
        clip[...] = 0
        for tap, places, seen in _taps(window, len(frames), clip.shape[1]):
            clip[:, seen] += stack[places, :, tap].transpose(1, 0, 2, 3)


def weight_gradient(
    x: Array, dy: Array, window: Window, dweight: Array, of_images: Backward
) -> None:
    computes_otherwise()
    across, flat = _across(window), _flat(dweight)
    for clip, given in zip(x, dy, strict=True):
        frames = _frames("frames of dy", given)
        frames[...] = given.transpose(1, 0, 2, 3)
        of_images(_stacked(clip, window, len(frames)), frames, across, flat)


def _stacked(clip: Array, window: Window, count: int) -> Array:
    """(count, C * depth, H, W): for each place in time, all frames that the window sees."""
    stack = _stack(clip, window, count)
    for tap, places, seen in _taps(window, count, clip.shape[1]):
        stack[: places.start, :, tap] = 0
        stack[places.stop :, :, tap] = 0
        stack[places, :, tap] = clip[:, seen].transpose(1, 0, 2, 3)
    images: Array = stack.reshape(count, -1, *stack.shape[3:])
    return images


def _stack(clip: Array, window: Window, count: int) -> Array:
    channels, _, height, width = clip.shape
    shape = (count, channels, window.kernel[0], height, width)
    return scratch("frames that windows see", shape, clip.dtype)


def _taps(window: Window, count: int, length: int) -> Iterator[tuple[int, slice, slice]]:
    """Each tap along the time: from which places it sees frames, and which."""
    kernel, stride, pad, dilation = (values[0] for values in window)
    for tap in range(kernel):
        places, seen = overlap(tap * dilation - pad, stride, count, length)
        yield tap, places, seen


def _frames(purpose: str, clip: Array) -> Array:
    """Memory for the frames of a clip (C, L, H, W), as images (L, C, H, W)."""
    channels, length, height, width = clip.shape
    return scratch(purpose, (length, channels, height, width), clip.dtype)


def _across(window: Window) -> Window:
    return Window(*(values[1:] for values in window))


def _flat(weight: Array) -> Array:
    flat: Array = weight.reshape(len(weight), -1, *weight.shape[3:])
    return flat
