"""Lists of masks, as MNCDataLayer takes them.

    from blobnet.python_layers.pylayer.maskdb import make_maskdb
    maskdb = make_maskdb(roidb, [masks_of_first_image, masks_of_second_image])

Each item is a dict with `gt_masks`, a list of arrays of bools, one for each object of the roidb's
image, as large as the object's box in pixels. MNC's own, with `mask_max` and `flipped`, will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.python_layers.roi_data_layer._entries import Entry, Roidb, entries_of
from blobnet.types import Array


def make_maskdb(roidb: Roidb, masks: Sequence[Any]) -> list[dict[str, Any]]:
    """Cut masks from those of whole images.

    roidb  its images may come once more, turned round, behind all others
    masks  an item for each image that is not turned round: (objects, height, width) of bools

    Raises DataError for what does not fit together.
    """
    entries, made = entries_of(roidb), []
    for index, entry in enumerate(entries):
        at = index if len(masks) == len(entries) else index % max(1, len(masks))
        if len(entries) % max(1, len(masks)) or not len(masks) or len(masks) > len(entries):
            got = f"{len(masks)} masks for {len(entries)} images"
            raise DataError(explain("an item for each image", got=got))
        its = np.asarray(masks[at])
        objects = np.flatnonzero(entry.labels)
        if its.shape != (len(objects), entry.height, entry.width):
            expected = f"shape {(len(objects), entry.height, entry.width)}"
            raise DataError(
                explain(f"masks of image {index}", expected=expected, got=f"shape {its.shape}")
            )
        turned = its[:, :, ::-1] if entry.flipped else its
        pairs = zip(turned, entry.boxes[objects], strict=True)
        made.append({"gt_masks": [_cut(mask, box) for mask, box in pairs]})
    return made


def masks_of(maskdb: Sequence[Mapping[str, Any]], entries: Sequence[Entry]) -> list[list[Array]]:
    """The masks of each entry. Raises DataError for another number of them, and for no masks."""
    if len(maskdb) != len(entries):
        got = f"{len(maskdb)} items for {len(entries)} images"
        raise DataError(explain("a maskdb has an item for each image of the roidb", got=got))
    found = []
    for index, (item, entry) in enumerate(zip(maskdb, entries, strict=True)):
        masks = item.get("gt_masks") if isinstance(item, Mapping) else None
        objects = int(np.count_nonzero(entry.labels))
        its = [] if masks is None else [np.asarray(mask) for mask in masks]
        if len(its) != objects or not all(mask.ndim == 2 and mask.size for mask in its):
            got = f"shapes {[mask.shape for mask in its][:4]}"
            expected = f"{objects} masks (height, width), as there are objects"
            raise DataError(explain(f'maskdb[{index}]["gt_masks"]', expected=expected, got=got))
        found.append([mask > 0 for mask in its])
    return found


def _cut(mask: Array, box: Array) -> Array:
    x1, y1, x2, y2 = (int(value) for value in np.rint(box))
    return mask[max(0, y1) : y2 + 1, max(0, x1) : x2 + 1] > 0
