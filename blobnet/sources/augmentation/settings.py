"""Choosing between settings, and checks that all of them need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.types import Array

_NEAR_ONE = 0.01


class _WithProbability(Protocol):
    prob: float


def check_probabilities(settings: Sequence[_WithProbability], name: str) -> None:
    """Where there are several of a kind, one is drawn for each image. Raises LayerError."""
    total = sum(each.prob for each in settings)
    if len(settings) > 1 and not (
        all(0 <= each.prob <= 1 for each in settings) and abs(total - 1) <= _NEAR_ONE
    ):
        raise LayerError(
            explain(
                f"one of {len(settings)} {name} is drawn by `prob`, and these are no probabilities",
                expected="from 0 to 1, and 1 in all",
                got=", ".join(f"{each.prob:g}" for each in settings),
            )
        )


def drawn(settings: Sequence[_WithProbability], rng: np.random.Generator) -> int:
    """The number of one of them; of a single one nothing is drawn."""
    if len(settings) == 1:
        return 0
    edges = np.cumsum([each.prob for each in settings])
    return min(int(np.searchsorted(edges, rng.uniform(0, edges[-1]))), len(settings) - 1)


def check_range(name: str, least: float, most: float, lowest: float = 0) -> None:
    """Raise LayerError unless lowest <= least <= most, all of them numbers."""
    if not (lowest <= least <= most and math.isfinite(most)):
        raise LayerError(
            explain(
                f"{name}: no range to draw from",
                expected=f"{lowest:g} <= lower <= upper",
                got=f"{least:g} and {most:g}",
            )
        )


def per_channel(values: Sequence[float], channels: int, name: str) -> Array:
    """One byte for each channel, (channels, 1, 1), from one value or as many; none means 0."""
    if len(values) not in (0, 1, channels):
        raise LayerError(
            explain(
                f"Specify either 1 {name} or as many as channels: {channels}",
                got=f"{len(values)} values",
            )
        )
    whole = np.rint(np.nan_to_num(np.array(values or [0], np.float64))).clip(0, 255)
    return np.broadcast_to(whole.astype(np.uint8), channels)[:, None, None]


def check_colors(image: Array, what: str) -> None:
    """Raise DataError unless it is an image of three channels."""
    if len(image) != 3:
        raise DataError(
            explain(
                f"{what} is for colours",
                expected="3 channels",
                got=f"{len(image)}",
                fix="transform_param { force_color: true }",
            )
        )


def check_bytes_of_image(image: Array, what: str) -> None:
    """Raise DataError unless its values are bytes, as those of images are."""
    if image.dtype != np.uint8:
        raise DataError(
            explain(f"{what} is for images", expected="values that are bytes", got="floats")
        )
