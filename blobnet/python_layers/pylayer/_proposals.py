"""Masks that were proposed for an image, as CFMDataLayer takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.types import Array, IntArray

_OF_EACH = ("det_overlap", "seg_overlap", "output_label", "gt_assignment")


class Proposals(NamedTuple):
    """P proposals of an image; see CFMDataLayer. `item` is what RoIDataLayer takes."""

    item: dict[str, Any]
    boxes: Array
    masks: Array
    mask_targets: Array
    det_overlap: Array
    seg_overlap: Array
    labels: Array
    assignment: IntArray
    classes: Array

    @classmethod
    def of(cls, item: Mapping[str, Any], index: int, side: int) -> Proposals:
        """Raises DataError, which names the place, for what does not fit together."""
        place = f"roidb[{index}]"
        boxes = _numbers(item, "boxes", place, 2)
        count = len(boxes)
        masks = _numbers(item, "masks", place, 3)
        targets = _numbers(item, "mask_targets", place, 3)
        classes = _numbers(item, "gt_classes", place, None).ravel()
        rows = [_numbers(item, name, place, None).ravel() for name in _OF_EACH]
        for name, values, shape in (
            ("boxes", boxes, (count, 4)),
            ("masks", masks, (count, *masks.shape[1:])),
            ("mask_targets", targets, (count, side, side)),
            *((name, values, (count,)) for name, values in zip(_OF_EACH, rows, strict=True)),
        ):
            if values.shape != shape:
                raise _unfit(place, name, f"shape {shape}", f"shape {values.shape}")
        assignment = rows[3].astype(np.int64)
        if count and not 0 <= assignment.min() <= assignment.max() < min(count, len(classes)):
            expected = f"numbers of objects, below {min(count, len(classes))}"
            raise _unfit(place, "gt_assignment", expected, assignment.max())
        flip = np.asarray(item.get("flipped", False)).ravel()
        labels = rows[2].copy()
        taken = {
            "image": item.get("image"), "boxes": boxes, "gt_classes": labels,
            "flipped": bool(flip[:1].any()),
        }  # fmt: skip
        return cls(taken, boxes, masks, targets, rows[0], rows[1], labels, assignment, classes)


def noise_item(boxes: Array, side: int) -> dict[str, Any]:
    """Proposals for boxes of which the first is an object's, the others are none."""
    count = len(boxes)
    overlap = np.zeros(count)
    overlap[:1] = 1
    return {
        "image": "", "boxes": boxes, "masks": np.ones((count, 2, 2)),
        "mask_targets": np.ones((count, side, side)), "det_overlap": overlap,
        "seg_overlap": overlap, "output_label": overlap, "gt_assignment": np.zeros(count),
        "gt_classes": [1],
    }  # fmt: skip


def _numbers(item: Mapping[str, Any], name: str, place: str, axes: int | None) -> Array:
    try:
        values = np.array(item[name], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise _unfit(place, name, "numbers", f"{type(error).__name__}: {error}") from error
    if not np.isfinite(values).all() or axes not in (None, values.ndim):
        raise _unfit(place, name, f"numbers, {axes} axes", f"shape {values.shape}")
    return values


def _unfit(place: str, name: str, expected: str, got: object) -> DataError:
    return DataError(explain(f'{place}["{name}"]', expected=expected, got=got))
