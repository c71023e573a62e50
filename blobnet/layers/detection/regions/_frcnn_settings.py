"""The settings that the Frcnn layers take from a file of JSON: voc_config.json, unless told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.text_files import read_text_file

ANCHORS = (
    (-84, -40, 99, 55),
    (-176, -88, 191, 103),
    (-360, -184, 375, 199),
    (-56, -56, 71, 71),
    (-120, -120, 135, 135),
    (-248, -248, 263, 263),
    (-36, -80, 51, 95),
    (-80, -168, 95, 183),
    (-168, -344, 183, 359),
)
"""Those of Faster R-CNN for places that are 16 pixels apart."""


class FrcnnProposals(NamedTuple):
    """What concerns regions; in the file the names begin with rpn_, or test_rpn_ for detection.

    nms_thresh      overlap above which the worse of two regions goes
    pre_nms_top_n   so many of the best are compared, `post_nms_top_n` stay
    min_size        of a side, in pixels of the image as it was
    anchors         (A, 4) corners, and `stride`, the pixels from one place to the next
    """

    nms_thresh: float = 0.7
    pre_nms_top_n: int = 6000
    post_nms_top_n: int = 300
    min_size: float = 16
    stride: int = 16
    anchors: tuple[tuple[float, ...], ...] = ANCHORS


_IN_TRAINING = FrcnnProposals(pre_nms_top_n=12000, post_nms_top_n=2000)


def proposals_of(path: str, *, is_training: bool) -> FrcnnProposals:
    """What a file says; "" for what the fork's voc_config.json does. Raises DataError."""
    default = _IN_TRAINING if is_training else FrcnnProposals()
    if not path:
        return default
    stated = read(path)
    prefix = "rpn" if is_training else "test_rpn"
    names = {f"{prefix}_{name}": name for name in FrcnnProposals._fields[:4]}
    values = {
        field: numbers_of(stated, name, path)[0] for name, field in names.items() if name in stated
    }
    values["stride"] = numbers_of(stated, "feat_stride", path)[0]
    corners = numbers_of(stated, "anchors", path)
    if len(corners) % 4:
        raise wrong(path, "anchors", "four corners for each", f"{len(corners)} numbers")
    return default._replace(
        nms_thresh=values.get("nms_thresh", default.nms_thresh),
        pre_nms_top_n=int(values.get("pre_nms_top_n", default.pre_nms_top_n)),
        post_nms_top_n=int(values.get("post_nms_top_n", default.post_nms_top_n)),
        min_size=int(values.get("min_size", default.min_size)),
        stride=int(values["stride"]),
        anchors=tuple(tuple(row) for row in np.reshape(corners, (-1, 4)).tolist()),
    )


def read(path: str) -> Mapping[str, object]:
    """All that a file says. Raises DataError where it is none."""
    text = read_text_file(path, DataError, setting="config")
    try:
        stated = json.loads(text, strict=False)  # anchors go over several lines
    except (ValueError, RecursionError) as error:
        raise DataError(explain(f"{shown(path)}: no JSON", got=str(error))) from error
    if not isinstance(stated, dict):
        raise DataError(explain(f"{shown(path)}: no settings", expected='{"feat_stride": "16"}'))
    return stated


def numbers_of(stated: Mapping[str, object], name: str, path: str) -> list[float]:
    """Numbers that stand in a string, with commas between them. Raises DataError."""
    value = stated.get(name)
    try:
        numbers = [float(part) for part in str(value).split(",")]
    except ValueError:
        numbers = [float("nan")]
    if not np.isfinite(numbers).all():
        raise wrong(path, name, 'numbers in a string, "16"', repr(value)[:80])
    return numbers


def wrong(path: str, name: str, expected: str, got: str) -> DataError:
    """What is said of a setting that is of another kind."""
    return DataError(explain(f'{shown(path)}: "{name}"', expected=expected, got=got))
