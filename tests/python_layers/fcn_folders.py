"""The data of FCN's repository, in its layout, with two small images in each set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from tests.python_layers.segmentation_files import (
    matrix,
    structure,
    write_image,
    write_mat,
    write_text,
)

SIZE = (20, 24)
SCENES = "spatial_envelope_256x256_static_8outdoorcategories"
NAMES = ("a", "b")
SPLITS = ("train", "val", "test", "trainval", "seg11valid")


def write_data(root: Path, rng: np.random.Generator) -> Path:
    """All four data sets below `root`, which is FCN's `data`; and what PASCAL-Context needs."""
    for name in NAMES:
        photo = rng.integers(256, size=(*SIZE, 3), dtype=np.uint8)
        _voc(root, name, photo, rng)
        _context(root, name, photo, rng)
        _siftflow(root / "sift-flow", name, photo, rng)
        _nyud(root / "nyud", name, photo, rng)
    return root


def _labels(rng: np.random.Generator, classes: int, dtype: str = "u1") -> np.ndarray:
    """Each class in a rectangle of its own, or none."""
    labels = np.zeros(SIZE, dtype)
    labels[4:12, 3:15] = rng.integers(1, classes)
    labels[10:18, 12:22] = rng.integers(1, classes)
    return labels


def _lists(folder: Path) -> None:
    for split in SPLITS:
        write_text(folder / f"{split}.txt", "\n".join(NAMES) + "\n")


def _voc(root: Path, name: str, photo: np.ndarray, rng: np.random.Generator) -> None:
    for folder in (root / "pascal/VOC2011", root / "sbdd/dataset"):
        _lists(folder)
    _lists(root / "pascal/VOC2011/ImageSets/Segmentation")
    labels = _labels(rng, 21)
    labels[0, 0] = 255
    write_image(root / f"pascal/VOC2011/JPEGImages/{name}.jpg", photo)
    classes = root / f"pascal/VOC2011/SegmentationClass/{name}.png"
    classes.parent.mkdir(parents=True, exist_ok=True)
    palette = Image.frombytes("P", SIZE[::-1], labels.tobytes())
    palette.putpalette([index % 256 for index in range(768)])
    palette.save(classes)
    write_image(root / f"sbdd/dataset/img/{name}.jpg", photo)
    fields = structure("GTcls", CategoriesPresent=np.float64([[1]]), Segmentation=labels)
    write_mat(root / f"sbdd/dataset/cls/{name}.mat", fields)


def _context(root: Path, name: str, photo: np.ndarray, rng: np.random.Generator) -> None:
    _lists(root / "pascal/VOC2010/ImageSets/Main")
    write_image(root / f"pascal/VOC2010/JPEGImages/{name}.jpg", photo)
    names = [f"thing{index}" for index in range(1, 60)]
    listed = "".join(f"{index}: {word}\n" for index, word in enumerate(names, 1))
    for file in ("labels.txt", "59_labels.txt"):
        write_text(root / f"pascal-context/{file}", listed)
    labels = matrix("LabelMap", _labels(rng, 60, "u2"))
    write_mat(root / f"pascal-context/trainval/{name}.mat", labels)


def _siftflow(root: Path, name: str, photo: np.ndarray, rng: np.random.Generator) -> None:
    _lists(root)
    write_image(root / f"Images/{SCENES}/{name}.jpg", photo)
    for kind, classes in (("Semantic", 33), ("Geo", 3)):
        labels = matrix("S", _labels(rng, classes, "i2"))
        write_mat(root / f"{kind}Labels/{SCENES}/{name}.mat", labels)


def _nyud(root: Path, name: str, photo: np.ndarray, rng: np.random.Generator) -> None:
    _lists(root)
    for kind in ("images", "hha"):
        write_image(root / f"data/{kind}/img_{name}.png", photo)
    depth = rng.integers(500, 9000, size=SIZE, dtype=np.uint16)
    write_image(root / f"data/depth/img_{name}.png", depth)
    labels = matrix("segmentation", _labels(rng, 40))
    write_mat(root / f"segmentation/img_{name}.mat", labels)
