"""A folder of classes as what a training needs: two databases, the mean image, the labels.

    OUT/train_lmdb  OUT/test_lmdb     images in a random order, with Caffe's keys
    OUT/mean.binaryproto              the mean of the images to train with, where they have one size
    OUT/labels.txt                    a line for each class; the first is label 0
    OUT/unreadable.txt                images that could not be read, and why; where there are any

All is made beside its place and gets its name when all is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from blobnet.datasets.database_writer import Backend, check_place
from blobnet.datasets.image_folder import FolderImages
from blobnet.datasets.image_mean import compute_mean, open_database, write_mean
from blobnet.datasets.image_set import ImageSettings, convert_image_set
from blobnet.datasets.staging import put_in_place, staging
from blobnet.errors import BlobnetError, DataError, explain, printable
from blobnet.input_files import shown
from blobnet.proto import Datum
from blobnet.sources.image_list import ImageList
from blobnet.types import Shape

MEAN, LABELS, UNREADABLE = "mean.binaryproto", "labels.txt", "unreadable.txt"

Progress = Callable[[str, int, int], None]
"""Called with what is being made, how many images are done, and how many there are."""


@dataclass
class FolderDatabases:
    """What has been written.

    databases  "train" and, where there is one, "test" to the path of the database
    counts     the same to the number of images in it
    shape      (channels, height, width) that all images have; None where they differ
    files      the other files
    unreadable  what is wrong with each image that was left out, with its path
    """

    databases: dict[str, Path] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    shape: Shape | None = None
    files: list[Path] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def check_folder_place(
    out: Path, parts: Iterable[str], backend: Backend, *, overwrite: bool = False
) -> None:
    """Whether everything may be written there, before long work. Raises DataError."""
    check_place([_path(out, part, backend) for part in parts], backend, overwrite=overwrite)
    there = [name for name in (MEAN, LABELS) if (out / name).exists()]
    if there and not overwrite:
        what = f"{shown(out / there[0])} exists already"
        raise DataError(explain(what, fix="name another folder, or say --overwrite"))


def write_folder_databases(
    images: FolderImages,
    out: Path,
    backend: Backend = "lmdb",
    settings: ImageSettings | None = None,
    *,
    rng: np.random.Generator,
    overwrite: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> FolderDatabases:
    """Write the databases of all parts, shuffled, with the mean image and the labels.

    Raises DataError where no image of a part can be read, where images to train with differ in
    size and `settings` keep it, and where something cannot be written. Needs the extra `image`.
    """
    check_folder_place(out, images.parts, backend, overwrite=overwrite)
    made = FolderDatabases()
    with _staged(out) as work:
        for part, listed in images.parts.items():
            shapes = _Shapes(listed, images.folder)
            done = convert_image_set(
                f"{images.folder}/",
                listed,
                _path(work, part, backend),
                backend,
                settings,
                rng=rng,
                record=shapes.record,
                unreadable=lambda error: made.unreadable.append(printable(str(error))),
                progress=_counting(progress, part, len(listed.paths)),
            )
            made.counts[part] = done.written
            made.shape = shapes.only_one() if part == "train" else made.shape
        _write_files(work, images.classes, made, backend, progress)
        _put_in_place(work, out, made, backend)
    return made


def _write_files(
    work: Path, classes: Sequence[str], made: FolderDatabases, backend: Backend, progress: Progress
) -> None:
    _write_lines(work / LABELS, map(printable, classes))
    if made.unreadable:
        _write_lines(work / UNREADABLE, made.unreadable)
    source = open_database(_path(work, "train", backend), backend)
    total = made.counts["train"]
    try:
        write_mean(compute_mean(source, lambda done, _: progress("mean", done, total)), work / MEAN)
    finally:
        source.close()


def _put_in_place(work: Path, out: Path, made: FolderDatabases, backend: Backend) -> None:
    for part in made.counts:
        made.databases[part] = _path(out, part, backend)
        put_in_place(_path(work, part, backend), made.databases[part])
    for name in (MEAN, LABELS, UNREADABLE):
        if (work / name).exists():
            (work / name).replace(out / name)
            made.files.append(out / name)
        else:
            (out / name).unlink(missing_ok=True)  # that of an older try tells of other images


class _Shapes:
    """The shapes of the images of a list, which are to be one."""

    def __init__(self, listed: ImageList, folder: Path) -> None:
        self._listed, self._folder = listed, folder
        self._first: dict[Shape, int] = {}  # shape to the index of one that has it

    def record(self, index: int, datum: Datum, stored: tuple[int, ...]) -> bytes:
        """The Datum itself. Raises DataError for the second shape."""
        self._first.setdefault((datum.channels, datum.height, datum.width), index)
        if len(self._first) > 1:
            raise self._differ()
        return datum.SerializeToString()

    def only_one(self) -> Shape:
        """That shape."""
        return next(iter(self._first))

    def _differ(self) -> DataError:
        (one, first), (other, second) = list(self._first.items())[:2]
        paths = self._listed.paths
        return DataError(
            explain(
                f"{shown(self._folder)}: images differ in size, and a net takes them in one",
                expected="images of one size, or --size",
                got=f"{one[1]} x {one[2]} pixels ({shown(paths[first])}), "
                f"{other[1]} x {other[2]} ({shown(paths[second])})",
                fix="--size 256 resizes them all to 256 x 256; with --crop they keep proportions",
            )
        )


def _counting(progress: Progress, part: str, total: int) -> Callable[[int], None]:
    return lambda done: progress(part, done, total)


def _path(folder: Path, part: str, backend: Backend) -> Path:
    return folder / f"{part}_{backend}"


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """A folder in `out` to work in; what the system refuses is explained."""
    try:
        with staging(out, "images") as work:
            yield work
    except BlobnetError:
        raise
    except OSError as error:
        what = f"{shown(out)}: what belongs there cannot be written"
        raise DataError(explain(what, got=error.strerror or error)) from error
