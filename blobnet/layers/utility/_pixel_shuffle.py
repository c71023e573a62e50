"""Channels that become pixels: Intel's other meaning of Reshape."""

from __future__ import annotations

from blobnet.layer import Layer
from blobnet.ops.permuting import inverse, permuted
from blobnet.types import Array, Shape

_TO_PIXELS = (0, 1, 4, 2, 5, 3)


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
    permuted(channels, _TO_PIXELS, out=_pixels(out, r))


def unshuffle(y: Array, r: int, out: Array) -> None:
    """The way back of `shuffle`."""
    N, C, H, W = out.shape
    channels = out.reshape(N, C // (r * r), r, r, H, W)
    permuted(_pixels(y, r), inverse(_TO_PIXELS), out=channels)


def _pixels(y: Array, r: int) -> Array:
    N, C, H, W = y.shape
    pixels: Array = y.reshape(N, C, H // r, r, W // r, r)
    return pixels
