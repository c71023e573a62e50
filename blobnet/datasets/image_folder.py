"""Images in a folder for each class, cut into a part to train with and a part to test with.

flowers/daisy/1.jpg           class 0, daisy
flowers/tulip/red/7.png       class 1, tulip: folders within a class do not matter
flowers/train/..., test/...   or, where these two are all there is, the parts as they stand
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import is_folder, shown
from blobnet.sources.image_list import ImageList
from blobnet.types import Array

SUFFIXES = frozenset(
    ".bmp .dib .jpe .jpeg .jpg .pgm .png .pnm .ppm .tif .tiff .webp".split()  # noqa: SIM905
)
"""Files that are taken for images; what else lies there is counted."""

_TRAIN = "train"
_TEST = ("test", "val", "valid", "validation")


@dataclass(frozen=True)
class FolderImages:
    """What is in a folder of classes.

    folder   whose it is; paths are below it
    classes  names of the subfolders in their order; a label is an index into it
    parts    "train" and "test" to images; only "train" where nobody has parted them yet
    others   files that are no images by their names, or lie in no class
    """

    folder: Path
    classes: list[str]
    parts: dict[str, ImageList]
    others: list[str] = field(default_factory=list)


def find_images(folder: Path) -> FolderImages:
    """All images below a folder. Hidden files are passed over.

    Raises DataError where there is no such folder, no class in it, or no image in a class.
    """
    if not is_folder(folder):
        raise DataError(
            explain(f"{shown(folder)}: no such folder", expected="a folder with one for each class")
        )
    names = _subfolders(folder)
    test = next((name for name in names if name.lower() in _TEST), "")
    if len(names) == 2 and test and any(name.lower() == _TRAIN for name in names):
        train = next(name for name in names if name != test)
        return _of_parts(folder, {"train": f"{train}/", "test": f"{test}/"})
    return _of_parts(folder, {"train": ""})


def part_images(found: FolderImages, test_part: float, rng: np.random.Generator) -> FolderImages:
    """The same images, of which `test_part` of every class are for tests, drawn at random.

    Of a class of two or more, at least one is for each part. Images that are parted already stay.
    """
    if "test" in found.parts or not test_part:
        return found
    images = found.parts["train"]
    is_test = np.zeros(len(images.paths), bool)
    for label in range(len(found.classes)):
        (of_class,) = np.nonzero(images.labels == label)
        count = min(max(round(len(of_class) * test_part), 1), len(of_class) - 1)
        is_test[rng.permutation(of_class)[:count]] = True
    parts = {"train": _chosen(images, ~is_test), "test": _chosen(images, is_test)}
    return FolderImages(found.folder, found.classes, parts, found.others)


def counts_by_class(images: ImageList, classes: Sequence[str]) -> list[int]:
    """How many images of each class a list has."""
    return list(map(int, np.bincount(images.labels, minlength=len(classes))))


def _of_parts(folder: Path, prefixes: dict[str, str]) -> FolderImages:
    """What is below the folder of each part, the classes being those of the first."""
    classes = _subfolders(folder / prefixes["train"])
    if not classes:
        raise DataError(
            explain(
                f"{shown(folder / prefixes['train'])}: no folders in it",
                expected="a folder for each class, named as the class, with its images",
                got=f"{sum(1 for _ in _files(folder))} files",
            )
        )
    others = [] if len(prefixes) > 1 else [name for name in _names(folder) if name not in classes]
    parts = {}
    for part, prefix in prefixes.items():
        _check_classes(folder / prefix, classes)
        parts[part] = _listed(folder, prefix, classes, others)
    return FolderImages(folder, classes, parts, others)


def _listed(folder: Path, prefix: str, classes: list[str], others: list[str]) -> ImageList:
    paths: list[str] = []
    labels: list[int] = []
    for label, name in enumerate(classes):
        before = len(paths)
        for path in _files(folder / prefix / name):
            below = path.relative_to(folder).as_posix()
            if path.suffix.lower() in SUFFIXES:
                paths.append(below)
            else:
                others.append(below)
        labels += [label] * (len(paths) - before)
        if len(paths) == before:
            what, fix = f"{shown(folder / prefix / name)}: no images in it", "take the folder away"
            raise DataError(explain(what, expected=", ".join(sorted(SUFFIXES)), fix=fix))
    return ImageList(shown(folder / prefix), paths, np.array(labels, np.int64))


def _check_classes(folder: Path, classes: list[str]) -> None:
    unknown = [name for name in _subfolders(folder) if name not in classes]
    missing = [name for name in classes if not is_folder(folder / name)]
    if unknown or missing:
        raise DataError(
            explain(
                f"{shown(folder)}: its classes are not those to train with",
                expected=", ".join(map(shown, classes[:10])),
                got="no " + ", ".join(map(shown, missing[:10]))
                if missing
                else "also " + ", ".join(map(shown, unknown[:10])),
            )
        )


def _chosen(images: ImageList, wanted: Array) -> ImageList:
    paths = [path for path, is_wanted in zip(images.paths, wanted, strict=True) if is_wanted]
    return ImageList(images.name, paths, images.labels[wanted])


def _names(folder: Path) -> list[str]:
    """What is in a folder, but for hidden files, in an order that no system changes."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        what = f"{shown(folder)}: cannot be read"
        raise DataError(explain(what, got=error.strerror or error)) from error


def _subfolders(folder: Path) -> list[str]:
    return [name for name in _names(folder) if is_folder(folder / name)]


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder; links to folders are followed no further, lest they lead back."""
    for name in _names(folder):
        path = folder / name
        if not is_folder(path):
            yield path
        elif not path.is_symlink():
            yield from _files(path)
