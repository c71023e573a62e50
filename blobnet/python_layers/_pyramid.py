"""Levels of a feature pyramid: which anchors stand on each, and which regions belong to it.

Lin et al., CVPR 2017.  lib/rpn of unsky/FPN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import LayerError
from blobnet.python_layers._boxes import anchors_at
from blobnet.python_layers._param_str import numbers, settings_of, unfit
from blobnet.types import Array, IntArray

SETTINGS = ("feat_stride", "scales", "ratios")
"""What `PyramidAnchors` reads in a param_str."""

_STRIDES = (4.0, 8.0, 16.0, 32.0, 64.0)
_LOWEST = 2  # the level whose places are 4 pixels apart
_USUAL = 4  # the level of regions that are as large as the images of ImageNet
_USUAL_SIDE = 224.0


def has_levels(layer_param: Any) -> bool:
    """Whether a prototxt means a layer for many levels: it states a stride for each."""
    try:
        settings = settings_of(layer_param.python_param.param_str, "")
    except LayerError:  # setup tells
        return False
    return isinstance(settings.get("feat_stride"), tuple | list)


class PyramidAnchors(NamedTuple):
    """Anchors of some levels: places are `stride` pixels apart, squares of scale 1 as large."""

    strides: tuple[float, ...]
    scales: tuple[float, ...]
    ratios: tuple[float, ...]

    @classmethod
    def of(cls, settings: Mapping[str, Any], who: str) -> PyramidAnchors:
        """What a param_str says. Raises LayerError for what is no number above 0."""
        kinds = cls(
            numbers(settings, "feat_stride", _STRIDES, who),
            numbers(settings, "scales", (16, 32), who),
            numbers(settings, "ratios", (0.5, 1.0, 2.0), who),
        )
        for name, values in zip(SETTINGS, kinds, strict=True):
            if min(values) <= 0:
                raise unfit(name, values, "numbers above 0", who)
        return kinds

    @property
    def per_place(self) -> int:
        """How many there are at each place of each level."""
        return len(self.scales) * len(self.ratios)

    def at(self, level: int, height: int, width: int) -> Array:
        """(height * width * A, 4) of all places of a level, those of one place together."""
        stride = self.strides[level]
        return anchors_at(height, width, stride, self.scales, self.ratios, base=stride)


def by_level(boxes: Array, levels: int) -> list[IntArray]:
    """Which boxes belong to each level, by their indices: twice the side is one level up.

    boxes   (R, 4)
    levels  how many there are, from that of 4 pixels on; larger boxes belong to the last
    """
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    area = np.where(area > 0, area, 1e-6)
    level = np.floor(_USUAL + np.log2(np.sqrt(area) / _USUAL_SIDE)) - _LOWEST
    level = np.clip(level, 0, levels - 1)
    return [np.flatnonzero(level == index) for index in range(levels)]


def split_rows(
    rows: Array, places: Sequence[IntArray], size: int | None, fill: float = 0
) -> list[Array]:
    """The rows of each level, and then more of `fill`.

    size  how many rows each level has; None: as many as it needs, 4 of `fill` where it has none
    """
    found = []
    for its in places:
        count = size if size is not None else len(its) or 4
        level = np.full((count, *rows.shape[1:]), fill, rows.dtype)
        level[: len(its)] = rows[its]
        found.append(level)
    return found


def write_levels(top: Blobs, levels: Sequence[Array]) -> None:
    """Give each top its level, in the level's shape."""
    for blob, values in zip(top, levels, strict=True):
        blob.reshape(*values.shape)
        blob.data[...] = values
