"""Files that say what is seen in an image: VOC's XML, COCO's JSON, lines of text.

Caffe: ReadXMLToAnnotatedDatum and its like of io.cpp of SSD.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown, stored_bytes
from blobnet.loggers import named_logger
from blobnet.proto import AnnotatedDatum, Annotation, LabelMap
from blobnet.serialization.prototxt import read_text
from blobnet.text_files import decode

LabelType = Literal["xml", "json", "txt"]

_log = named_logger(__name__)

_MOST_BYTES = 2**24
_DEEPEST = 50


class Size(NamedTuple):
    """An image's, in pixels."""

    height: int
    width: int


def read_label_map(path: Path, *, check: bool = False) -> dict[str, int]:
    """The label of each name in a LabelMap file, of a name twice the last one.

    check  raise DataError where a name is there twice
    """
    labels: dict[str, int] = {}
    for item in read_text(path, LabelMap()).item:
        if check and item.name in labels:
            raise DataError(
                explain(f"{shown(path)}: There are many duplicates of name: {shown(item.name)}")
            )
        labels[item.name] = item.label
    return labels


def read_annotations(
    path: Path, kind: LabelType, size: Size, labels: Mapping[str, int], record: AnnotatedDatum
) -> None:
    """Put what a file says into a record. Raises DataError where it is no such file.

    size    the image's; a size in the file wins, and the log tells where they differ
    labels  the label of each name; files of text have labels in place of names
    """
    if (stored_bytes(path) or 0) > _MOST_BYTES:
        raise DataError(
            explain(f"{shown(path)}: too large for annotations", expected=f"{_MOST_BYTES} bytes")
        )
    data = read_file(path, DataError)
    _READERS[kind](_File(path, size, labels, record), data)


class _File:
    """One file of annotations, and the record that they are put into."""

    def __init__(
        self, path: Path, size: Size, labels: Mapping[str, int], record: AnnotatedDatum
    ) -> None:
        self.path, self._image_size, self._labels, self._record = path, size, labels, record
        self.size = size

    def error(self, what: str, got: object = None) -> DataError:
        return DataError(explain(f"{shown(self.path)}: {what}", got=got))

    def take_size(self, height: object, width: object) -> None:
        """The size that the file states; the image's where it states none."""
        try:
            self.size = Size(int(str(height)), int(str(width)))
        except ValueError:
            _log.warning("%s states no size; it is %d x %d", self.path, *self._image_size)
        for name, stated, real in zip(self.size._fields, self.size, self._image_size, strict=True):
            if stated != real:
                _log.warning("%s inconsistent image %s.", self.path, name)
        if min(self.size) <= 0:
            raise self.error(
                "no valid image width/height.", f"{self.size.height} x {self.size.width}"
            )

    def label_of(self, name: str) -> int:
        if name not in self._labels:
            raise self.error(f"Unknown name: {shown(name)}", f"known are {len(self._labels)} names")
        return self._labels[name]

    def add(self, label: int) -> Annotation:
        """A new object behind those of its label."""
        for group in self._record.annotation_group:
            if group.group_label == label:
                return group.annotation.add(instance_id=group.annotation[-1].instance_id + 1)
        group = self._record.annotation_group.add(group_label=label)
        return group.annotation.add(instance_id=0)

    def set_box(self, annotation: Annotation, sides: tuple[float, ...], difficult: bool) -> None:
        """The box, from pixels."""
        height, width = self.size
        if not all(map(math.isfinite, sides)):
            raise self.error("a bounding box of numbers is wanted", sides)
        xmin, ymin, xmax, ymax = sides
        if not (min(xmin, xmax) >= 0 and max(xmin, xmax) <= width) or not (
            min(ymin, ymax) >= 0 and max(ymin, ymax) <= height
        ):
            _log.warning("%s bounding box exceeds image boundary.", self.path)
        if xmin > xmax or ymin > ymax:
            _log.warning("%s bounding box irregular.", self.path)
        box = annotation.bbox
        box.xmin, box.ymin, box.xmax, box.ymax = (
            xmin / width,
            ymin / height,
            xmax / width,
            ymax / height,
        )
        box.difficult = difficult


def _read_xml(file: _File, data: bytes) -> None:
    """VOC's: size, and objects of name, difficult and bndbox, in this order."""
    root = _xml_tree(file, data)
    if root.tag != "annotation":
        raise file.error("no annotation", f"<{root.tag[:40]}>")
    file.take_size(root.findtext("size/height"), root.findtext("size/width"))
    for thing in root.iterfind("object"):
        annotation, difficult = None, False
        for part in thing:
            if part.tag == "name":
                annotation = file.add(file.label_of(part.text or ""))
            elif part.tag == "difficult":
                difficult = part.text == "1"
            elif part.tag == "bndbox":
                if annotation is None:
                    raise file.error("a bndbox before the name of its object")
                sides = tuple(_pixel(file, part.findtext(n)) for n in _SIDES)
                file.set_box(annotation, sides, difficult)


_SIDES = ("xmin", "ymin", "xmax", "ymax")


def _pixel(file: _File, text: str | None) -> int:
    """A whole number; of one with a fraction, what is before it (SSD takes 0 for that)."""
    try:
        return int(float(text or 0))
    except (ValueError, OverflowError) as error:
        raise file.error("a bounding box of numbers is wanted", (text or "")[:40]) from error


def _xml_tree(file: _File, data: bytes) -> ElementTree.Element:
    """The elements; a document type, and with it any entity of its own, is refused."""
    builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate()
    depth = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise file.error(f"more than {_DEEPEST} elements in each other")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*args: Any) -> None:
        raise file.error("a document type, which annotations have not", "<!DOCTYPE")

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise file.error("no XML", error) from error


def _read_json(file: _File, data: bytes) -> None:
    """COCO's, an image a file: image, and a list of category_id, iscrowd and bbox."""
    try:
        content = json.loads(decode(data))
        image, things = content.get("image", {}), content["annotation"]
        file.take_size(image.get("height"), image.get("width"))
        for thing in things:
            annotation = file.add(file.label_of(str(thing["category_id"])))
            x, y, width, height = (float(side) for side in thing["bbox"])
            box = (x, y, x + width, y + height)
            file.set_box(annotation, box, bool(int(thing.get("iscrowd", 0))))
    except DataError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise file.error("no annotations in JSON", f"{type(error).__name__}: {error}") from error


def _read_txt(file: _File, data: bytes) -> None:
    """Words: label, xmin, ymin, xmax, ymax, again and again."""
    words = decode(data).split()
    if len(words) % 5:
        raise file.error("five numbers for each box are wanted", f"{len(words)} words")
    for start in range(0, len(words), 5):
        try:
            label = int(words[start])
            sides = tuple(float(word) for word in words[start + 1 : start + 5])
            annotation = file.add(label)
        except ValueError as error:
            raise file.error("label xmin ymin xmax ymax", error) from error
        file.set_box(annotation, sides, difficult=False)


_READERS: dict[LabelType, Callable[[_File, bytes], None]] = {
    "xml": _read_xml,
    "json": _read_json,
    "txt": _read_txt,
}
