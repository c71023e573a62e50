"""Detections as text files, in the forms of VOC, COCO and ILSVRC: `save_output_param`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from blobnet.errors import DataError, LayerError, ProtoError, SnapshotError
from blobnet.input_files import absolute, shown
from blobnet.layer import Layer
from blobnet.layers.detection.ssd._image_boxes import Size, check_resize, in_pixels
from blobnet.loggers import named_logger
from blobnet.proto import DetectionEvaluateParameter, LabelMap, SaveOutputParameter
from blobnet.serialization.files import atomic_writes
from blobnet.serialization.prototxt import read_text
from blobnet.text_files import read_text_file
from blobnet.types import Array

_log = named_logger("blobnet.layers.detection_output")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


_NO_FILES = "paths are taken from the current folder; where no such file is wanted, leave it out"


class Found(NamedTuple):
    """A detection in an image: its class, score, and left, top, width, height in pixels."""

    image: str
    label: int
    score: float
    box: list[float]


def read_sizes(layer: Layer, file: str) -> list[tuple[str, Size]]:
    """The lines "name height width" of a `name_size_file`."""
    try:
        words = read_text_file(file, DataError, setting="name_size_file").split()
        rows = zip(words[::3], words[1::3], words[2::3], strict=False)
        return [(name, (int(height), int(width))) for name, height, width in rows]
    except DataError as error:
        raise layer.error(_first_line(error), fix=_NO_FILES) from error
    except ValueError as error:
        raise layer.error(
            f"name_size_file {shown(file)}: a size is no number",
            expected="lines of a name, a height and a width",
            got=error,
        ) from error


def saved_results(layer: Layer, param: SaveOutputParameter, background: int) -> SavedResults | None:
    """What writes results, where a folder and both files are named; None where one is not there.

    (Caffe ends there. But whoever has a net from elsewhere has not what it was tested on.)
    """
    if not (param.output_directory and param.label_map_file and param.name_size_file):
        return None
    if not all_there(layer, param, "writes no results"):
        return None
    return SavedResults(layer, param, background)


def all_there(
    layer: Layer, param: SaveOutputParameter | DetectionEvaluateParameter, instead: str
) -> bool:
    """Whether the files that it names can be read; what is done `instead` is logged."""
    for field in ("label_map_file", "name_size_file"):
        name = getattr(param, field, "")
        if name and not (file := absolute(name, LayerError)).exists():
            who = f'{layer.type} layer "{layer.name}"'
            _log.warning("%s %s: %s %s is not there", who, instead, field, shown(file))
            return False
    return True


class SavedResults:
    """Collects what is found in each image, and writes it when all images have been seen.

    Then it begins anew, and the files are replaced by the next round's. They appear whole.
    """

    def __init__(self, layer: Layer, param: SaveOutputParameter, background: int) -> None:
        self._layer, self._param, self._background = layer, param, background
        self._names = self._read_label_map(param.label_map_file)
        self._images = read_sizes(layer, param.name_size_file)
        self._round = len(self._images)
        if param.HasField("num_test_image"):
            self._round = param.num_test_image
        if not 0 < self._round <= len(self._images):
            raise layer.error(
                "num_test_image must be positive, and at most the images of name_size_file",
                expected=f"1 to {len(self._images)}",
                got=self._round,
            )
        if param.output_format not in _WRITERS:
            raise layer.error(
                "output_format is unknown", expected="VOC, COCO or ILSVRC", got=param.output_format
            )
        self._resize = None
        if param.HasField("resize_param"):
            self._resize = check_resize(layer, param.resize_param)
        self._folder = self._make_folder(param.output_directory)
        self._seen = 0
        self._found: list[Found] = []

    def add(self, labels: Array, scores: Array, boxes: Array) -> None:
        """What is found in the next image, with boxes relative to it."""
        name, size = self._images[self._seen]
        pixels = in_pixels(boxes, size, self._resize).boxes
        corners, sides = pixels[:, :2], pixels[:, 2:] - pixels[:, :2]
        hundredths = np.concatenate((corners, sides), axis=1) * np.float32(100)
        rounded = np.trunc(hundredths.astype(np.float64) + np.copysign(0.5, hundredths)) / 100
        for label, score, box in zip(labels.tolist(), scores, rounded, strict=True):
            if label not in self._names:
                raise self._layer.error(f"Cannot find label: {label} in the label map.")
            self._found.append(Found(name, label, float(score), box.tolist()))
        self._seen += 1
        if self._seen == self._round:
            self._write()
            self._seen, self._found = 0, []

    def _write(self) -> None:
        texts = _WRITERS[self._param.output_format](self._found, self._names, self._background)
        try:
            with atomic_writes() as write:
                for name, text in texts.items():
                    path = self._folder / f"{self._param.output_name_prefix}{name}"
                    with write(path) as temporary:
                        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
        except SnapshotError as error:
            raise self._layer.error(_first_line(error)) from error

    def _read_label_map(self, file: str) -> dict[int, str]:
        try:
            items = read_text(file, LabelMap()).item
        except ProtoError as error:
            what = f"Failed to read label map file: {_first_line(error)}"
            raise self._layer.error(what, fix=_NO_FILES) from error
        names = {item.label: item.name for item in items}
        if len(names) < len(items):
            raise self._layer.error(f"label_map_file {shown(file)}: a label has several names")
        names_of_files = [*names.values(), self._param.output_name_prefix]
        for name in names_of_files:
            if re.search(r"[/\\\0]", name):
                raise self._layer.error(
                    "a file cannot be named so", expected="a name without slashes", got=name
                )
        return names

    def _make_folder(self, name: str) -> Path:
        folder = absolute(name, LayerError)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise self._layer.error(
                f"Failed to create directory: {shown(name)}",
                got=error,
                fix="save_output_param { output_directory: ... } that can be made",
            ) from error
        return folder


def _voc(found: list[Found], names: dict[int, str], background: int) -> dict[str, str]:
    """A file for each class but the background: image, score, and the corners of the box."""
    lines: dict[int, list[str]] = {label: [] for label in names if label != background}
    for each in found:
        lines.setdefault(each.label, []).append(f"{each.image} {each.score:g} {_corners(each)}\n")
    return {f"{names[label]}.txt": "".join(rows) for label, rows in lines.items()}


def _ilsvrc(found: list[Found], names: dict[int, str], background: int) -> dict[str, str]:
    rows = [f"{each.image} {each.label} {each.score:g} {_corners(each)}\n" for each in found]
    return {".txt": "".join(rows)}


def _coco(found: list[Found], names: dict[int, str], background: int) -> dict[str, str]:
    """A list in JSON; what is a number in a name is written as one."""
    records = [
        {
            "image_id": _number_or_text(each.image),
            "category_id": _number_or_text(names[each.label]),
            "bbox": [float(f"{np.float32(value):.9g}") for value in each.box],
            "score": float(f"{each.score:.9g}"),
        }
        for each in found
    ]
    return {".json": json.dumps(records, indent=4) + "\n"}


_WRITERS: dict[str, Any] = {"VOC": _voc, "COCO": _coco, "ILSVRC": _ilsvrc}


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _corners(found: Found) -> str:
    """Left, top, right and bottom in whole pixels, fractions of the sides cut off."""
    left, top, width, height = (int(np.float32(value)) for value in found.box)
    return f"{left} {top} {left + width} {top + height}"


def _number_or_text(text: str) -> int | float | str:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    return float(text) if match[2] else int(text)
