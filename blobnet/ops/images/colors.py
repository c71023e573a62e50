"""Colours of images of bytes, blue first, in other terms and back. OpenCV: cv::cvtColor."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

_HSV_BITS = 12
_YUV_BITS = 14


def gray_from_bgr(image: Array) -> Array:
    """(height, width): the brightness, the weighted sum of the three channels."""
    blue, green, red = image.astype(np.int32)
    made: Array = ((1868 * blue + 9617 * green + 4899 * red + (1 << 13)) >> 14).astype(np.uint8)
    return made


def hsv_from_bgr(image: Array) -> Array:
    """Hue 0..179, saturation and value 0..255."""
    blue, green, red = image.astype(np.int32)
    value = np.maximum(np.maximum(blue, green), red)
    spread = value - np.minimum(np.minimum(blue, green), red)
    numbers = np.arange(1, 256)
    by_value = np.r_[0, np.rint((255 << _HSV_BITS) / numbers)].astype(np.int32)
    by_spread = np.r_[0, np.rint((180 << _HSV_BITS) / (6 * numbers))].astype(np.int32)
    half = 1 << (_HSV_BITS - 1)
    hsv = np.empty(image.shape, np.uint8)
    hsv[1] = (spread * by_value.take(value) + half) >> _HSV_BITS
    hsv[2] = value
    hue = np.where(value == green, blue - red + 2 * spread, red - green + 4 * spread)
    hue = np.where(value == red, green - blue, hue)
    hue *= by_spread.take(spread)
    hue += half
    hue >>= _HSV_BITS
    hue += 180 * (hue < 0)
    hsv[0] = np.minimum(hue, 255)
    return hsv


def bgr_from_hsv(image: Array) -> Array:
    """The way back; a hue of 180 or more is what is left after whole circles."""
    hue = image[0].astype(np.float32) * np.float32(6 / 180)
    saturation, value = image[1:].astype(np.float32) * np.float32(1 / 255)
    colors = _bgr_from_sixths(hue, saturation, value)
    colors *= np.float32(255)
    return np.rint(colors, out=colors).astype(np.uint8)


def hsv_from_bgr_shares(image: Array) -> Array:
    """Of floats, 0 to 1: hue 0..360, saturation and value 0..1."""
    blue, green, red = image
    value, tiny = image.max(0), np.finfo(np.float32).eps
    spread = value - image.min(0)
    saturation = spread / (np.abs(value) + tiny)
    factor = np.float32(60) / (spread + tiny)
    hue = np.where(
        value == red,
        (green - blue) * factor,
        np.where(value == green, (blue - red) * factor + 120, (red - green) * factor + 240),
    )
    return np.stack([np.where(hue < 0, hue + 360, hue), saturation, value])


def bgr_shares_from_hsv(image: Array) -> Array:
    """The way back, from any angle."""
    hue, saturation, value = image
    return _bgr_from_sixths(np.mod(hue / image.dtype.type(60), 6), saturation, value)


def _bgr_from_sixths(hue: Array, saturation: Array, value: Array) -> Array:
    """Hues in sixths of the circle; what is beyond 6 is what is left after whole circles.

    A channel falls from `value` by chroma times how far its own third of the circle is away.
    """
    colors = np.empty((3, *hue.shape), hue.dtype)
    chroma = value * saturation
    for channel, begin in zip(colors, (1, 3, 5), strict=True):
        place = hue + hue.dtype.type(begin)
        np.fmod(place, 6, out=place)
        np.subtract(2, np.abs(np.subtract(place, 2, out=place), out=place), out=channel)
        np.clip(channel, 0, 1, out=channel)
        channel *= chroma
        np.subtract(value, channel, out=channel)
    return colors


def ycrcb_from_bgr(image: Array) -> Array:
    """Brightness, and how much redder and bluer than it."""
    blue, green, red = image.astype(np.int32)
    luma = _scaled_down(1868 * blue + 9617 * green + 4899 * red)
    middle = 128 << _YUV_BITS
    reds = _scaled_down((red - luma) * 11682 + middle)
    blues = _scaled_down((blue - luma) * 9241 + middle)
    return np.stack([luma, reds, blues]).clip(0, 255).astype(np.uint8)


def bgr_from_ycrcb(image: Array) -> Array:
    luma, reds, blues = image.astype(np.int32)
    reds, blues = reds - 128, blues - 128
    blue = luma + _scaled_down(blues * 29049)
    green = luma + _scaled_down(blues * -5636 + reds * -11698)
    red = luma + _scaled_down(reds * 22987)
    return np.stack([blue, green, red]).clip(0, 255).astype(np.uint8)


def _scaled_down(values: Array) -> Array:
    return (values + (1 << (_YUV_BITS - 1))) >> _YUV_BITS


def lab_from_bgr(image: Array) -> Array:
    """float32: L from 0 to 100, a and b from about -127 to 127, of bytes of sRGB under D65."""
    share = image[::-1].astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [
            [0.412453, 0.357580, 0.180423],
            [0.212671, 0.715160, 0.072169],
            [0.019334, 0.119193, 0.950227],
        ]
    )
    white = np.array([0.950456, 1, 1.088754])
    x, y, z = np.einsum("ij,jhw->ihw", to_xyz / white[:, None], linear)
    root_x, root_y, root_z = (
        np.where(v > 0.008856, np.cbrt(v), 7.787 * v + 16 / 116) for v in (x, y, z)
    )
    light = np.where(y > 0.008856, 116 * root_y - 16, 903.3 * y)
    return np.stack([light, 500 * (root_x - root_y), 200 * (root_y - root_z)]).astype(np.float32)


def linear(image: Array, factor: float, shift: float) -> Array:
    """image * factor + shift, to the nearest byte. OpenCV: Mat::convertTo."""
    table = np.arange(256, dtype=np.float32) * np.float32(factor) + np.float32(shift)
    made: Array = np.rint(table).clip(0, 255).astype(np.uint8)[image]
    return made
