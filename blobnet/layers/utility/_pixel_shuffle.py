"""Channels that become pixels: Intel's other meaning of Reshape."""

from __future__ import annotations

import numpy as np

from blobnet.layer import Layer
from blobnet.types import Array, Shape


def shuffled_shape(layer: Layer, shape: Shape, r: int) -> Shape:
    """(N, C r r, H, W) to (N, C, H r, W r). Raises the layer's error."""
    if r < 1:
        raise layer.error("pixelshuffler must be at least 1", got=r)
    if len(shape) != 4 or shape[1] % (r * r):
        raise layer.error(
            "Pixelshuffler output is illegal",
            expected=f"shape (N, C, H, W) with a multiple of {r * r} channels",
            got=f"shape {shape}",
        )
    N, C, H, W = shape
    return N, C // (r * r), H * r, W * r


def shuffle(x: Array, r: int, out: Array) -> None:
    """out[n, c, h r + i, w r + j] = x[n, c r r + i r + j, h, w]"""
    N, C, H, W = x.shape
    channels = x.reshape(N, C // (r * r), r, r, H, W)
    np.copyto(_pixels(out, r), channels.transpose(0, 1, 4, 2, 5, 3))


def unshuffle(y: Array, r: int, out: Array) -> None:
    """The way back of `shuffle`."""
    N, C, H, W = out.shape
    channels = out.reshape(N, C // (r * r), r, r, H, W)
    np.copyto(channels, _pixels(y, r).transpose(0, 1, 3, 5, 2, 4))


def _pixels(y: Array, r: int) -> Array:
    N, C, H, W = y.shape
    pixels: Array = y.reshape(N, C, H // r, r, W // r, r)
    return pixels
