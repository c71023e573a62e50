"""The file of detections that YOLO9000's EvalDetection writes, for COCO's evaluation."""

from __future__ import annotations

import json
import math
from pathlib import Path

from blobnet.errors import DataError, LayerError, ProtoError, SnapshotError
from blobnet.input_files import absolute, is_folder, shown
from blobnet.layer import Layer
from blobnet.layers.detection.yolo._detections import Detections
from blobnet.proto import LabelMap, SaveOutputParameter
from blobnet.serialization.files import atomic_writes
from blobnet.serialization.prototxt import read_text
from blobnet.text_files import read_text_file


class SavedDetections:
    """Collects what is found in each image, and writes it when `num_test_image` have been seen.

    Then it begins anew: the file is replaced by the next round's. (Caffe goes on collecting.)
    Class c is item c + 1 of `label_map_file`, whose name is the number of COCO's category; lines
    of `name_size_file` are "number width height". `output_format` and `resize_param` do nothing.
    """

    def __init__(self, layer: Layer, param: SaveOutputParameter) -> None:
        self._layer = layer
        self._images = self._read_sizes(param.name_size_file)
        self._categories = self._read_categories(param.label_map_file)
        self._round = param.num_test_image
        if not 0 < self._round <= len(self._images):
            raise layer.error(
                "num_test_image must be positive, and at most the images of name_size_file",
                expected=f"1 to {len(self._images)}",
                got=self._round,
            )
        folder = absolute(param.output_directory or ".", LayerError)
        if not is_folder(folder):
            raise layer.error("output_directory is no folder", got=param.output_directory)
        self._file = folder / f"{Path(param.output_name_prefix).name}.json"
        self._seen = 0
        self._found: list[dict[str, object]] = []

    def add(self, found: Detections) -> None:
        """What is in the next image."""
        number, width, height = self._images[self._seen]
        for (x, y, w, h), label, score in zip(
            found.boxes.T.tolist(), found.labels.tolist(), found.scores.tolist(), strict=True
        ):
            if label + 1 not in self._categories:
                raise self._layer.error(f"Cannot find label: {label + 1} in the label map.")
            corner = (x - w / 2) * width, (y - h / 2) * height
            box = [_hundredths(value) for value in (*corner, w * width, h * height)]
            category = self._categories[label + 1]
            self._found.append(
                {"image_id": number, "category_id": category, "bbox": box, "score": score}
            )
        self._seen += 1
        if self._seen == self._round:
            self._write()
            self._seen, self._found = 0, []

    def _write(self) -> None:
        try:
            with atomic_writes() as write, write(self._file) as temporary:
                temporary.write_text(json.dumps(self._found, indent=4) + "\n", encoding="utf-8")
        except SnapshotError as error:
            raise self._layer.error(str(error)) from error

    def _read_sizes(self, file: str) -> list[tuple[int, int, int]]:
        try:
            words = read_text_file(file, DataError, setting="name_size_file").split()
            rows = zip(words[::3], words[1::3], words[2::3], strict=False)
            return [(_leading_number(name), int(w), int(h)) for name, w, h in rows]
        except DataError as error:
            raise self._layer.error(str(error)) from error
        except ValueError as error:
            raise self._layer.error(
                f"name_size_file {shown(file)}: a size is no number",
                expected="lines of a number, a width and a height",
                got=error,
            ) from error

    def _read_categories(self, file: str) -> dict[int, int]:
        try:
            items = read_text(file, LabelMap()).item
        except ProtoError as error:
            raise self._layer.error(f"Failed to read label map file: {error}") from error
        return {item.label: _leading_number(item.name) for item in items}


def _leading_number(word: str) -> int:
    """What C's atoi reads: 0 where there is no number."""
    digits = word[: len(word) - len(word.lstrip("+-0123456789"))]
    try:
        return int(digits)
    except ValueError:
        return 0


def _hundredths(value: float) -> float | None:
    """Rounded as C's round does; what is no number has no place in JSON."""
    if not math.isfinite(value):
        return None
    return math.copysign(math.floor(abs(value) * 100 + 0.5), value) / 100
