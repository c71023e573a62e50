"""The gradient of what 1x1 windows saw, as a convolution of dy with its weights turned.

dx (N, C, *size) = the weights as (C, O, 1, 1), over dy (N, O, *places). Where the window steps over
pixels, these get zeros afterwards. The weights are copied first: as they lie, the numbers that an
output has for its terms are a whole row of channels apart, and where that is a power of two, most
of them compete for the same place in a processor's cache.

Arrays are of two spatial axes, contiguous, and not empty.
"""

from __future__ import annotations

from typing import Any

from blobnet.ops.conv import direct
from blobnet.ops.jit import compiled
from blobnet.ops.launch import launch_over_values
from blobnet.ops.simd.isa import LANES
from blobnet.ops.window import Window
from blobnet.ops.workspace import conv_scratch
from blobnet.types import Array, Shape

POINT = Window(kernel=(1, 1), stride=(1, 1), pad=(0, 0), dilation=(1, 1))

MANY_WEIGHTS, FEW_PLACES = 2**17, 2**11
"""So many weights are worth copying where they serve so few places, of all images."""


def pays(dx: Shape, weight: Shape, dy: Shape, window: Window) -> bool:
    """Whether the gradient of the input takes less time so."""
    if weight[2:] != (1, 1) or any(window.pad) or dx[1] != weight[1] or min(weight[:2]) < LANES:
        return False
    if window.stride == (1, 1):
        places = dy[0] * dy[2] * dy[3]
        return weight[0] * weight[1] >= MANY_WEIGHTS and places <= FEW_PLACES
    return window.stride[1] == 2 and dx[3] <= 2 * dy[3] and dx[2] <= window.stride[0] * dy[2]


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    kernels: Any = compiled("conv.point_kernel")
    outputs, channels = weight.shape[:2]
    turned = conv_scratch("turned weights", weight.size, weight).reshape(channels, outputs, 1, 1)
    arguments = weight.reshape(-1), outputs, channels, turned.reshape(-1)
    launch_over_values(kernels.turn, -(-channels // LANES), arguments, LANES * outputs)
    if window.stride == (1, 1):
        direct.forward(dy, turned, None, POINT, dx)
        return
    places = dy.shape[2:]
    count = len(dy) * channels * places[0] * places[1]
    seen = conv_scratch("seen pixels", count, dx).reshape(len(dy), channels, *places)
    direct.forward(dy, turned, None, POINT, seen)
    arguments = (
        seen.reshape(-1), *places, window.stride[0], dx.shape[2], dx.shape[3], dx.reshape(-1)
    )  # fmt: skip
    launch_over_values(kernels.spread, len(dy) * channels, arguments, dx[0, 0].size)
