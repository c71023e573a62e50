"""MNIST as a folder of four idx files, under the names in use, gzipped or not."""

from __future__ import annotations

from pathlib import Path

from blobnet.datasets.digit_data import SIDE, Bytes, DigitData
from blobnet.datasets.idx import read_idx
from blobnet.errors import DataError, explain
from blobnet.input_files import is_file, is_folder, status

STEMS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def holds_mnist(folder: Path) -> bool:
    """Whether all four files are in the folder, good or bad."""
    return all(_find(folder, stem) for stem in STEMS)


def read_folder(folder: Path, source: str) -> DigitData:
    """MNIST from a folder; raises DataError where a file is missing or is not what it should be."""
    found = {stem: _find(folder, stem) for stem in STEMS}
    missing = [stem for stem, path in found.items() if path is None]
    if missing:
        raise _incomplete(folder, missing)
    paths = [path for path in found.values() if path is not None]
    train_images, train_labels = _read_part(*paths[:2])
    test_images, test_labels = _read_part(*paths[2:])
    return DigitData(train_images, train_labels, test_images, test_labels, source)


def _find(folder: Path, stem: str) -> Path | None:
    """The file of that name; also as `train-images.idx3-ubyte`, and with `.gz` after either."""
    dotted = stem.replace("-idx", ".idx")
    names = (stem, dotted, f"{stem}.gz", f"{dotted}.gz")
    return next((folder / name for name in names if is_file(folder / name)), None)


def _read_part(images_path: Path, labels_path: Path) -> tuple[Bytes, Bytes]:
    """The images of one part and their labels, found to belong together."""
    images, labels = read_idx(images_path, rank=3), read_idx(labels_path, rank=1)
    if images.shape[1:] != (SIDE, SIDE):
        raise DataError(
            explain(
                f"{images_path}: not MNIST's images",
                expected=f"{SIDE} x {SIDE} pixels",
                got=f"{images.shape[1]} x {images.shape[2]}",
            )
        )
    if len(images) != len(labels):
        raise DataError(
            explain(
                f"{labels_path}: not the labels of these images",
                expected=f"{len(images):,}, one for each image in {images_path.name}",
                got=f"{len(labels):,}",
                fix="take the images and the labels of the same part: train or t10k",
            )
        )
    if labels.max() > 9:
        index = int(labels.argmax())
        raise DataError(
            explain(
                f"{labels_path}: not the labels of digits",
                expected="0 to 9",
                got=f"{labels[index]} for image {index}",
            )
        )
    return images, labels


def _incomplete(folder: Path, missing: list[str]) -> DataError:
    if status(folder) is None:
        got = "no such folder"
    elif not is_folder(folder):
        got = "a file, not a folder"
    else:
        got = f"a folder without {', '.join(missing)}"
    return DataError(
        explain(
            f"no MNIST in {folder}",
            expected="a folder with " + ", ".join(STEMS) + " (each may end in .gz)",
            got=got,
            fix="name the folder that holds the four files, or leave it out to let blobnet look",
        )
    )
