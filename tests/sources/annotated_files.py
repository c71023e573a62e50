"""Databases of images with boxes, for tests."""

from __future__ import annotations

import io

import numpy as np

from blobnet.proto import AnnotatedDatum
from tests.sources.lmdb_files import make_datum, write_lmdb


def annotated(image, boxes, *, encoding="", kind=AnnotatedDatum.BBOX, label=0):
    """A record: a (C, H, W) image and rows of label, xmin, ymin, xmax, ymax[, difficult]."""
    record = AnnotatedDatum(datum=make_datum(image, label))
    if kind is not None:
        record.type = kind
    if encoding:
        from PIL import Image

        buffer = io.BytesIO()
        pixels = np.ascontiguousarray(image[::-1].transpose(1, 2, 0))
        Image.fromarray(pixels).save(buffer, encoding)
        record.datum.data, record.datum.encoded = buffer.getvalue(), True
    for group_label in dict.fromkeys(row[0] for row in boxes):
        group = record.annotation_group.add(group_label=group_label)
        for number, row in enumerate(row for row in boxes if row[0] == group_label):
            xmin, ymin, xmax, ymax = row[1:5]
            box = group.annotation.add(instance_id=number).bbox
            box.xmin, box.ymin, box.xmax, box.ymax = xmin, ymin, xmax, ymax
            box.difficult = len(row) > 5 and row[5]
    return record


def write_annotated(folder, records):
    """An LMDB of the records; returns the folder."""
    return write_lmdb(
        folder, [(b"%08d_x" % i, each.SerializeToString()) for i, each in enumerate(records)]
    )
