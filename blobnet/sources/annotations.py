"""The boxes of an AnnotatedDatum, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.proto import AnnotatedDatum
from blobnet.types import Array


@dataclass(frozen=True)
class Annotations:
    """What is seen in an image, in the order of the record.

    boxes      (n, 4) float32: xmin ymin xmax ymax, in shares of the image
    labels     (n,) group_label of each
    instances  (n,) instance_id of each
    difficult  (n,) bool
    """

    boxes: Array
    labels: Array
    instances: Array
    difficult: Array

    def only(self, chosen: Array) -> Annotations:
        """Those that a mask chooses."""
        return Annotations(
            self.boxes[chosen], self.labels[chosen], self.instances[chosen], self.difficult[chosen]
        )

    def rows(self, item: int) -> Array:
        """(n, 8): item, label, instance, the box, difficult; SSD's form of a label."""
        columns = np.stack([np.full(len(self.boxes), item), self.labels, self.instances], 1)
        return np.concatenate([columns, self.boxes, self.difficult[:, None]], 1)


def annotations_of(datum: AnnotatedDatum) -> Annotations:
    """Raises DataError where a box is no box of numbers."""
    rows = [
        (group.group_label, annotation.instance_id, annotation.bbox)
        for group in datum.annotation_group
        for annotation in group.annotation
    ]
    boxes = np.array([(b.xmin, b.ymin, b.xmax, b.ymax) for *_, b in rows], np.float32)
    boxes = boxes.reshape(-1, 4)
    if not np.isfinite(boxes).all():
        raise DataError(explain("a box that is none", expected="numbers", got="infinite, or NaN"))
    return Annotations(
        boxes,
        np.array([label for label, *_ in rows], np.int64),
        np.array([instance for _, instance, _ in rows], np.int64),
        np.array([box.difficult for *_, box in rows], bool),
    )
