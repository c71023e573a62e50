"""Fillers that draw nothing: weights of interpolation, edges, masks of images.

Caffe: filler.hpp. `fillers.py` has their table.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.ops.gabor import BANKS, gabor_filters
from blobnet.proto import FillerParameter
from blobnet.types import Array


def bilinear(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Weights of a Deconvolution that enlarges by bilinear interpolation."""
    _check_square(array, "bilinear")
    kernel = array.shape[3]
    factor = math.ceil(kernel / 2)
    center = (kernel - 1) / (2 * factor)
    line = 1 - np.abs(np.arange(kernel) / factor - center)
    array[...] = np.outer(line, line)


def _check_square(array: Array, kind: str) -> None:
    if array.ndim != 4 or array.shape[2] != array.shape[3]:
        raise LayerError(
            explain(
                f"a {kind} filler cannot fill this blob",
                expected="4 axes, the last two of equal size",
                got=f"shape {array.shape}",
            )
        )


def bilinear_upsampling(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """As `bilinear` was in 2015: kernels of 3, 6, 7 and others have their pyramid off the middle.

    That of CCNN's fork.
    """
    _check_square(array, "bilinear_upsampling")
    line = _line_of_2015(array.shape[3])
    array[...] = np.outer(line, line)


def bilinear_3d(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Weights of a Deconvolution that enlarges volumes: 3D-Caffe's.

    As in Caffe of 2015, the pyramid is not in the middle of kernels of 3, 6, 7 and others.
    """
    kernel = array.shape[-1] if array.ndim else 0
    if array.ndim != 5 or array.shape[2:] != (kernel,) * 3:
        raise LayerError(
            explain(
                "a bilinear_3D filler cannot fill this blob",
                expected="5 axes, the last three of equal size",
                got=f"shape {array.shape}",
            )
        )
    line = _line_of_2015(kernel)
    array[...] = line[:, None, None] * line[:, None] * line


def diagonal(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Each output is its own input, averaged over the window, times `diag_val` or 1: FlowNet2's.

    Other weights are 0.
    """
    outputs, inputs, *_ = (*array.shape, 1, 1)
    windows = array.reshape(outputs, inputs, -1)
    values = [*param.diag_val, *[1.0] * outputs]
    array[...] = 0
    for index in range(min(outputs, inputs)):
        windows[index, index] = values[index] / windows.shape[2]


def gabor(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """Edges and colours, for the first layer of AlexNet, GoogLeNet, VGG or a net for CIFAR.

    No number is drawn. Intel's.
    """
    shape = array.shape
    is_colour = len(shape) == 4 and shape[1] == 3 and shape[2] == shape[3]
    if not is_colour or (shape[0], shape[3]) not in BANKS:
        known = ", ".join(f"({count}, 3, {size}, {size})" for count, size in BANKS)
        raise LayerError(
            explain(
                "No predefined gabor filters for this topology.",
                expected=f"a blob of one of these shapes: {known}",
                got=f"shape {shape}",
                fix='another filler, as in weight_filler { type: "xavier" }',
            )
        )
    array[...] = gabor_filters(shape[0], shape[3])


def flow_border_mask(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """1, and 0 where a flow has no neighbour: columns' last one, rows' last one.

    For gradients of a flow of two channels, in Hidden-Two-Stream.
    """
    if array.ndim != 4 or array.shape[1] != 2:
        raise LayerError(
            explain(
                "There should be 2 channels", expected="(N, 2, H, W)", got=f"shape {array.shape}"
            )
        )
    array[...] = 1
    array[:, 1, -1] = 0
    array[:, 0, :, -1] = 0


def border_mask(array: Array, param: FillerParameter, rng: np.random.Generator) -> None:
    """1, and 0 on a border of `border_ratio` of the shorter side, rounded: Hidden-Two-Stream's."""
    if array.ndim != 4 or not (param.HasField("border_ratio") and param.border_ratio >= 0):
        raise LayerError(
            explain(
                "a borderMask filler cannot fill this blob",
                expected="4 axes, and a border_ratio of 0 or more",
                got=f"shape {array.shape}, border_ratio: {param.border_ratio:g}",
            )
        )
    height, width = array.shape[2:]
    # in float, as the fork computes it; halves are rounded away from 0
    share = float(np.float32(min(height, width)) * np.float32(param.border_ratio))
    border = math.floor(min(share, height + width) + 0.5)
    array[...] = 0
    array[:, :, border : max(height - border, 0), border : max(width - border, 0)] = 1


def _line_of_2015(kernel: int) -> Array:
    """A side of the pyramid that Caffe's bilinear filler made in 2015."""
    factor = math.ceil(kernel / 2)
    center = (2 * factor - 1 - factor % 2) / (2 * factor)
    line: Array = 1 - np.abs(np.arange(kernel) / factor - center)
    return line
