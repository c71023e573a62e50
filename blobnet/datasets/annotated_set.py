"""Images and what is seen in them as a database: what SSD's convert_annoset does.

    key    the number of the line, eight digits, and the path in it: `00000000_JPEGImages/1.jpg`
    value  an AnnotatedDatum: the image as convert_imageset makes it, and boxes in shares of it

Caffe: convert_annoset.cpp and io.cpp of SSD.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from blobnet.datasets.annotation_files import LabelType, Size, read_annotations
from blobnet.datasets.database_writer import Backend
from blobnet.datasets.image_set import Converted, ImageSettings, convert_image_set
from blobnet.errors import DataError, explain
from blobnet.input_files import shown, status
from blobnet.loggers import named_logger
from blobnet.proto import AnnotatedDatum, Datum
from blobnet.sources.image_list import ImageList
from blobnet.text_files import read_text_file

_log = named_logger(__name__)


@dataclass(frozen=True)
class Detection:
    """Where the boxes of images are, and what their names mean.

    files       a file for each image of the list, below the same root; an image whose file is
                not there has none
    label_type  the form of the files
    labels      the label of each name
    """

    files: list[str]
    label_type: LabelType = "xml"
    labels: Mapping[str, int] = field(default_factory=dict)


def read_pairs(path: Path) -> tuple[ImageList, list[str]]:
    """Lines "image annotation-file"; neither has blanks in it. Raises DataError."""
    images, files = [], []
    for number, line in enumerate(read_text_file(path, DataError).split("\n"), 1):
        words = line.split()
        if not words:
            continue
        if len(words) != 2:
            raise DataError(
                explain(
                    f"{shown(path)}, line {number}: not an image with its annotations",
                    expected="two paths without blanks",
                    got=f'"{shown(line.strip()[:200])}"',
                )
            )
        images.append(words[0])
        files.append(words[1])
    if not images:
        raise DataError(explain(f"{shown(path)}: File is empty", expected="lines of two paths"))
    return ImageList(str(path), images, np.full(len(images), -1)), files


def convert_annotated_set(
    root: str,
    images: ImageList,
    path: Path,
    backend: Backend = "lmdb",
    settings: ImageSettings | None = None,
    *,
    detection: Detection | None = None,
    overwrite: bool = False,
    rng: np.random.Generator | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Converted:
    """Write images and boxes to a new database, as `convert_image_set` writes images alone.

    detection  where the boxes are; None: records have the list's labels, and no type

    Raises DataError as that does, and for files of annotations that are none.
    """
    missing: list[str] = []

    def record(index: int, datum: Datum, size: tuple[int, ...]) -> bytes:
        annotated = AnnotatedDatum(datum=datum)
        if detection is not None:
            annotated.type = AnnotatedDatum.BBOX
            file = root + detection.files[index]
            if status(file) is None:
                missing.append(file)
            else:
                read_annotations(
                    Path(file), detection.label_type, Size(*size), detection.labels, annotated
                )
        return annotated.SerializeToString()

    made = convert_image_set(
        root,
        images,
        path,
        backend,
        settings,
        overwrite=overwrite,
        rng=rng,
        progress=progress,
        record=record,
    )
    if missing:
        _log.warning("%d images have no file of annotations: %s", len(missing), shown(min(missing)))
    return made
