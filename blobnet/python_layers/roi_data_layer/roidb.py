"""Lists of images with their boxes, as RoIDataLayer takes them.

    from blobnet.python_layers.roi_data_layer.roidb import make_roidb, voc_roidb
    roidb = voc_roidb("VOCdevkit/VOC2007", "trainval", flipped=True)
    roidb = make_roidb(["a.jpg"], boxes=[[(48, 240, 195, 371)]], classes=[[12]])
    solver.net.layers[0].set_roidb(roidb)

Each is a dict with the keys of py-faster-rcnn, which can be changed or made by hand as well:
`image` (a path, or height x width x 3 bytes, blue first), `boxes`, `gt_classes` (0 for a box that
was only proposed), `flipped`, `width`, `height`, and if one has them `max_overlaps` and
`max_classes` (or `gt_overlaps`), `bbox_targets`, `gt_attributes`, `gt_relations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import AnyPath, is_folder, shown
from blobnet.python_layers.roi_data_layer._entries import Entry, Roidb, entries_of
from blobnet.python_layers.roi_data_layer._voc import read_objects
from blobnet.text_files import read_text_file

VOC_CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train",
    "tvmonitor",
)  # fmt: skip
"""Labels 1 to 20."""


def make_roidb(
    images: Sequence[Any],
    boxes: Sequence[Any],
    classes: Sequence[Any],
    *,
    proposals: Sequence[Any] | None = None,
    flipped: bool = False,
) -> list[dict[str, Any]]:
    """A roidb from lists, an item for each image.

    images     paths, or arrays (height, width, 3), blue first
    boxes      of the objects, rows of x1, y1, x2, y2: from the first pixel to the last, from 0 on
    classes    their labels, from 1 on
    proposals  further boxes, for a net without an RPN
    flipped    whether each image follows once more, turned round

    Raises DataError for what does not fit together.
    """
    further: Sequence[Any] = [()] * len(images) if proposals is None else proposals
    if not len(images) == len(boxes) == len(classes) == len(further):
        counts = f"{len(images)} images, {len(boxes)} boxes, {len(classes)} classes"
        raise DataError(explain("an item for each image", got=f"{counts}, {len(further)} others"))
    made: list[dict[str, Any]] = []
    for image, its, labels, others in zip(images, boxes, classes, further, strict=True):
        objects, more = (np.array(rows, np.float64).reshape(-1, 4) for rows in (its, others))
        all_labels = np.concatenate([np.array(labels, np.int64).ravel(), np.zeros(len(more))])
        made.append(
            {
                "image": image,
                "boxes": np.concatenate([objects, more]),
                "gt_classes": all_labels.astype(np.int64),
                "flipped": False,
            }
        )
    for item, entry in zip(made, entries_of(made), strict=True):
        item.update(_known(entry))
    return made + flipped_roidb(made) if flipped else made


def flipped_roidb(roidb: Roidb) -> list[dict[str, Any]]:
    """The same images turned round, left to right, with their boxes."""
    made = []
    for item, entry in zip(roidb, entries_of(roidb), strict=True):
        boxes = entry.boxes.copy()
        boxes[:, [0, 2]] = entry.width - 1 - boxes[:, [2, 0]]
        turned = {name: value for name, value in item.items() if name != "bbox_targets"}
        made.append({**turned, **_known(entry), "boxes": boxes, "flipped": not entry.flipped})
    return made


def voc_roidb(
    folder: AnyPath,
    split: str,
    *,
    classes: Sequence[str] = VOC_CLASSES,
    difficult: bool = False,
    flipped: bool = False,
) -> list[dict[str, Any]]:
    """The roidb of a PASCAL VOC folder such as VOCdevkit/VOC2007.

    split      of ImageSets/Main: "trainval"
    classes    their names, of labels from 1 on; objects of other classes are left out
    difficult  whether objects that are marked so are there, too

    Raises DataError where a file is missing or broken.
    """
    home = Path(folder)
    if not is_folder(home):
        expected = "a folder with Annotations, ImageSets and JPEGImages"
        raise DataError(explain(f"{shown(home)} is no folder of PASCAL VOC", expected=expected))
    listed = read_text_file(home / "ImageSets" / "Main" / f"{split}.txt", DataError)
    names = [line.split()[0] for line in listed.splitlines() if line.strip()]
    labels = {name.lower(): label for label, name in enumerate(classes, 1)}
    found = [
        read_objects(home / "Annotations" / f"{name}.xml", labels, difficult) for name in names
    ]
    return make_roidb(
        [str(home / "JPEGImages" / f"{name}.jpg") for name in names],
        [[box for box, _ in objects] for objects in found],
        [[label for _, label in objects] for objects in found],
        flipped=flipped,
    )


def _known(entry: Entry) -> dict[str, Any]:
    return {
        "width": entry.width,
        "height": entry.height,
        "max_overlaps": entry.most,
        "max_classes": entry.classes,
    }
