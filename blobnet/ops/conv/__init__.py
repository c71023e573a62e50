"""Convolution: which algorithm computes it, forward and for each gradient.

x       (N, C, *size)
weight  (O, C / groups, *kernel)
y       (N, O, *places)

wide       windows that reach much farther than the image, or step over most of it
volume     three axes: frames become channels, and the others do the rest
reference  where there is no numba, for more than three axes, and for arrays with gaps
depthwise  groups of one channel and one output
whole      one image and a window that sees all of it: forward
point      1x1 windows, with many weights for few places or over every second pixel: dx
winograd   windows of 3x3 and 5x5 next to one another, of many channels
direct     all others

A transposed convolution is the same with the roles of x and y exchanged. None of the results
depends on the number of threads.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from blobnet.ops.conv import depthwise, direct, point, volume, whole, wide, winograd
from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.ops.recording import computes_otherwise
from blobnet.ops.reference import conv as reference
from blobnet.ops.reference.conv import add_bias as add_bias
from blobnet.ops.relu import relu
from blobnet.ops.values import are_flat
from blobnet.ops.window import Window
from blobnet.types import Array


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias` (O,).

    With a `slope` other than 1, what is negative is multiplied by it: a rectifier behind.
    """
    if not y.size:
        return
    algorithm = _algorithm(x, weight, window, y)
    if algorithm is volume:
        volume.forward(x, weight, bias, window, y, partial(forward, slope=slope))
        return
    if algorithm in (wide, reference):
        algorithm.forward(x, weight, bias, window, y)
        if slope != 1:
            relu(y, slope, out=y)
        return
    if algorithm is direct and winograd.pays(x.shape, weight.shape, y.shape, window):
        algorithm = winograd
    elif algorithm is direct and whole.suits(x, weight, window, y):
        algorithm = whole
    algorithm.forward(x, weight, bias, window, y, slope)


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    if not dy.size:
        computes_otherwise()
        dx.fill(0)
    if not (dy.size and dx.size):
        return
    algorithm = _algorithm(dx, weight, window, dy)
    if algorithm is volume:
        volume.input_gradient(dy, weight, window, dx, input_gradient)
        return
    if algorithm is direct and winograd.pays(dy.shape, weight.shape, dx.shape, window):
        algorithm = winograd
    elif algorithm is direct and point.pays(dx.shape, weight.shape, dy.shape, window):
        algorithm = point
    algorithm.input_gradient(dy, weight, window, dx)


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`."""
    if not (dweight.size and dy.size):
        return
    algorithm = _algorithm(x, dweight, window, dy)
    if algorithm is volume:
        volume.weight_gradient(x, dy, window, dweight, weight_gradient)
        return
    algorithm.weight_gradient(x, dy, window, dweight)


def _channel_sums(kernels: Any, dy: Array, dbias: Array) -> Any:
    if not dy.size or not are_flat(dy, dbias):
        return NotImplemented
    images, channels, places = len(dy), len(dbias), dy.size // (len(dy) * len(dbias))
    arguments = dy.reshape(-1), images, channels, places, dbias
    launch_over_values(kernels.channel_sums, channels, arguments, images * places)
    return None


bias_gradient = compiled_by("sum_kernel", _channel_sums)(reference.bias_gradient)


def _algorithm(x: Array, weight: Array, window: Window, y: Array) -> Any:
    """The module that computes it, in all directions, but for Winograd's method."""
    if wide.suits(window, x, y):
        computes_otherwise()
        return wide
    if volume.is_possible(window, x, weight, y):
        return volume
    if not direct.is_possible(window, x, weight, y):
        computes_otherwise()
        return reference
    return depthwise if depthwise.suits(x.shape[1], weight, window) else direct
