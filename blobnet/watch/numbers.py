"""Arrays and numbers in JSON's types: all values where they are few, else what they are like."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array

FEW = 64
"""Arrays of up to so many values are told value by value."""

_BINS = 24
_MOST_COUNTED = 4096  # values that a histogram looks at: each n-th of more
_MOST_TILES = 64
_MOST_BYTES = 2**16  # of all tiles
_MOST_PIXELS = 128  # of a matrix, on each side


def plain(value: Any) -> float | str:
    """A number; what JSON has no number for as a word."""
    number = float(value)
    return number if math.isfinite(number) else str(number)


def nested(array: Array) -> Any:
    """All values, in lists like the array's axes."""
    return [nested(part) for part in array] if array.ndim else plain(array)


def some(array: Array, most: int = _MOST_COUNTED) -> Array:
    """All values in one row; of more than `most`, each n-th."""
    values = array.reshape(-1)
    return values[:: -(-values.size // most)] if values.size > most else values


def mean_abs(array: Array, most: int = 2048) -> float | str | None:
    """The mean of the values without their signs, by each n-th of them."""
    if not array.size:
        return None
    with overflow_allowed():
        return plain(np.abs(some(array, most)).mean(dtype=np.float64))


def described(array: Array, item: int | None = None) -> dict[str, Any]:
    """What a page shows of an array.

    item  where the first axis is that of a batch: whose values are shown as numbers or images
    """
    told: dict[str, Any] = {"shape": list(array.shape)}
    if array.size <= FEW:
        return {**told, "values": nested(array)}
    told |= _statistics(array)
    if item is None:
        return {**told, "image": image(array)}
    if array.ndim > 1:
        part = array[min(item, len(array) - 1)]
        if part.size <= FEW:
            return {**told, "item": nested(part)}
        return {**told, "image": image(part)}
    return told


def _statistics(array: Array) -> dict[str, Any]:
    values = some(array)
    with overflow_allowed():
        all_finite = math.isfinite(float(values.min()) + float(values.max()))
    finite = values if all_finite else values[np.isfinite(values)]
    told: dict[str, Any] = {"not_finite": int(values.size - finite.size), "counted": values.size}
    if not finite.size:
        return told
    with overflow_allowed():
        low, high = float(finite.min()), float(finite.max())
        width = high - low
        scaled = (finite - low) * (_BINS / width) if 0 < width < math.inf else np.zeros(finite.size)
        bins = np.bincount(np.minimum(scaled.astype(np.intp), _BINS - 1), minlength=_BINS)
        return {
            **told,
            "low": low,
            "high": high,
            "mean": plain(finite.mean(dtype=np.float64)),
            "zeros": 1 - np.count_nonzero(finite) / finite.size,
            "bins": bins.tolist(),
        }


def image(array: Array) -> dict[str, Any] | None:
    """Tiles of bytes: 128 is 0, 255 the largest value, 1 its negative; None where there is none.

    The last two axes are a tile's; a vector is a row. Large matrices are shown by each n-th row
    and column: `full` is a tile's true size, and `steps` are the n.
    """
    if not array.size or not array.ndim:
        return None
    height, width = array.shape[-2:] if array.ndim > 1 else (1, array.size)
    tiles = array.reshape(-1, height, width)
    shown = tiles[:_MOST_TILES]
    steps = [-(-side // _MOST_PIXELS) for side in (height, width)]
    while (
        math.prod(-(-side // step) for side, step in zip((height, width), steps, strict=True))
        * (len(shown))
        > _MOST_BYTES
    ):
        steps = [step + 1 for step in steps]
    shown = shown[:, :: steps[0], :: steps[1]]
    with overflow_allowed():
        largest, levels = float(np.abs(shown).max()), shown
        if not math.isfinite(largest):
            finite = np.isfinite(shown)
            largest = float(np.abs(shown, where=finite, out=np.zeros_like(shown)).max())
            levels = np.nan_to_num(shown, nan=0, posinf=largest, neginf=-largest)
        levels = levels * (127 / largest) if 0 < largest < math.inf else np.zeros_like(levels)
    data = (np.rint(levels) + 128).astype(np.uint8)
    return {
        "tiles": len(shown),
        "of": len(tiles),
        "height": shown.shape[1],
        "width": shown.shape[2],
        "full": [height, width],
        "steps": steps,
        "largest": largest,
        "data": base64.b64encode(data.tobytes()).decode("ascii"),
    }
