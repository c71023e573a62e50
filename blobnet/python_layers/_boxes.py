"""Boxes of Faster R-CNN: their ends are pixels that belong to them, so sides have one more.

Ren et al., NIPS 2015.  fast_rcnn/bbox_transform.py, rpn/generate_anchors.py of py-faster-rcnn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops.detection.box_changes import changed_by as changed_by
from blobnet.ops.detection.box_changes import changes_to as changes_to
from blobnet.ops.detection.box_changes import clipped as clipped
from blobnet.python_layers._param_str import number, numbers, unfit
from blobnet.types import Array

_BASE = 16.0  # pixels: the side of the square that anchors are made of
_RATIOS = (0.5, 1.0, 2.0)


def anchors_at(
    height: int,
    width: int,
    stride: float,
    scales: Sequence[float],
    ratios: Sequence[float] = _RATIOS,
    base: float = _BASE,
) -> Array:
    """The anchors of all places of a map, (height * width * A, 4), those of one place together.

    A is len(ratios) * len(scales), by ratio first; base is the side of a square of scale 1, in
    pixels. float64.
    """
    shifts = np.stack(
        [grid.ravel() * stride for grid in np.meshgrid(np.arange(width), np.arange(height))], axis=1
    )
    shifts = np.tile(shifts, 2)  # both corners move alike
    boxes: Array = base_anchors(scales, ratios, base)[None] + shifts[:, None]
    return boxes.reshape(-1, 4)


class Anchors(NamedTuple):
    """What a param_str says of anchors: how far places are apart, sides and shapes."""

    stride: float
    scales: tuple[float, ...]
    ratios: tuple[float, ...]

    @classmethod
    def of(cls, settings: Mapping[str, Any], who: str) -> Anchors:
        """Raises LayerError for what is no number, and for a shape without one side."""
        kinds = cls(
            number(settings, "feat_stride", 16, who),
            numbers(settings, "scales", (8, 16, 32), who),
            numbers(settings, "ratios", _RATIOS, who),
        )
        if min(kinds.ratios) <= 0:
            raise unfit("ratios", kinds.ratios, "height by width, above 0", who)
        return kinds

    @property
    def per_place(self) -> int:
        """How many there are."""
        return len(self.scales) * len(self.ratios)

    def at(self, height: int, width: int) -> Array:
        """Those of all places of a map: see `anchors_at`."""
        return anchors_at(height, width, *self)


def base_anchors(
    scales: Sequence[float], ratios: Sequence[float] = _RATIOS, base: float = _BASE
) -> Array:
    """The anchors of the place at the top left: of each ratio, height by width, all scales."""
    center = (base - 1) / 2
    rows = []
    for ratio in ratios:
        base_width = np.round(np.sqrt(base * base / ratio))
        base_height = np.round(base_width * ratio)
        for scale in scales:
            x, y = (base_width * scale - 1) / 2, (base_height * scale - 1) / 2
            rows.append((center - x, center - y, center + x, center + y))
    return np.array(rows, np.float64).reshape(-1, 4)
