"""Images and the boxes in them as a database: what convert_box_data of YOLO's forks does.

A record is that of convert_imageset; its float_data are class, difficult, x, y, width, height of
each box, relative to the image. Caffe: convert_box_data.cpp and io.cpp of YOLO
(yeahkun/caffe-yolo).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from blobnet.datasets.image_set import MakeRecord
from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.loggers import named_logger
from blobnet.proto import Datum
from blobnet.sources.image_list import ImageList
from blobnet.text_files import read_text_file

_log = named_logger(__name__)

_LARGEST = 2**24  # bytes of an annotation
_NUMBER = re.compile(r"\s*[+-]?\d+")


@dataclass
class BoxList:
    """The images of a list, and the annotation of each."""

    images: ImageList
    annotations: list[str]


def read_box_list(path: Path) -> BoxList:
    """Lines "image annotation"; what follows the last blank is the annotation."""
    pairs = _pairs(path, "the list of images")
    images = [image for image, _ in pairs]
    labels = np.zeros(len(images), np.int64)
    return BoxList(ImageList(shown(path), images, labels), [name for _, name in pairs])


def read_label_file(path: Path) -> dict[str, int]:
    """Lines "name class"; names may have spaces."""
    return {name: _number(number) for name, number in _pairs(path, "label_file")}


def record_maker(root: str, listed: BoxList, labels: Mapping[str, int]) -> MakeRecord:
    """Makes records with the annotation of an image of the list, `root` put before its path."""

    def make(index: int, datum: Datum, size: tuple[int, ...]) -> bytes:
        boxes = read_boxes(root + listed.annotations[index], labels, *size)
        return datum.SerializeToString() + boxes.SerializeToString()

    return make


def read_boxes(path: str, labels: Mapping[str, int], height: int, width: int) -> Datum:
    """The boxes of an annotation in PASCAL VOC's form, for an image of this size.

    Raises DataError where it is none, of another size, or has a name that `labels` has not.
    """
    annotation = _parsed(path)
    size = [_number_in(annotation, f"size/{side}", -1) for side in ("height", "width")]
    if -1 in size:
        _log.warning("%s says no size", shown(path))
    elif size != [height, width]:
        raise DataError(
            explain(
                f"{shown(path)}: is about an image of another size",
                expected=f"height {height}, width {width}",
                got=f"height {size[0]}, width {size[1]}",
            )
        )
    datum = Datum()
    for thing in annotation.findall("object"):
        name = thing.findtext("name", "")
        if labels.get(name, -1) < 0:
            raise DataError(
                explain(
                    f"Anno file {shown(path)} -> unknown name: {name}",
                    fix="give it a class, from 0 on, in the label_file",
                )
            )
        box = [_number_in(thing, f"bndbox/{end}", 0) for end in ("xmin", "ymin", "xmax", "ymax")]
        difficult = _number_in(thing, "difficult", 0)
        datum.float_data.extend([labels[name], difficult, *_relative(box, height, width, path)])
    return datum


def _relative(box: list[int], height: int, width: int, path: str) -> list[float]:
    """Centre and size by those of the image, rounded as Caffe does."""
    left, top, right, bottom = box
    if not (0 <= left <= right <= width and 0 <= top <= bottom <= height):
        _log.warning("%s bounding box exceeds image boundary", shown(path))
    ends = [left + (right - left) / 2, top + (bottom - top) / 2, right - left, bottom - top]
    values = np.array(ends, np.float32) / np.array([width, height] * 2, np.float32)
    return [float(value) for value in values]


def _parsed(path: str) -> ElementTree.Element:
    text = read_text_file(path, DataError, setting="annotation", largest=_LARGEST)
    try:
        if "<!DOCTYPE" in text or "<!ENTITY" in text:  # which can make a few bytes many
            raise DataError(explain(f"{shown(path)}: has a DOCTYPE, which annotations have not"))
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (ElementTree.ParseError, ValueError) as error:
        raise DataError(explain(f"{shown(path)}: is no XML", got=error)) from error
    if root.tag != "annotation":
        raise DataError(
            explain(f"{shown(path)}: is no annotation", expected="<annotation>", got=root.tag)
        )
    return root


def _pairs(path: Path, setting: str) -> list[tuple[str, str]]:
    lines = read_text_file(path, DataError, setting=setting).split("\n")
    pairs = []
    for number, line in enumerate(lines, 1):
        first, blank, second = line.rpartition(" ")
        if not line.strip():
            continue
        if not blank:
            raise DataError(
                explain(f"{shown(path)}, line {number}: two words are wanted", got=repr(line))
            )
        pairs.append((first, second))
    if not pairs:
        raise DataError(explain(f"{setting} {shown(path)}: the file is empty"))
    return pairs


def _number_in(element: ElementTree.Element, place: str, default: int) -> int:
    text = element.findtext(place)
    return default if text is None else _number(text)


def _number(text: str) -> int:
    """The whole number that a text begins with; 0 where it begins with none."""
    found = _NUMBER.match(text)
    return int(found[0]) if found else 0
