"""Text files that list images, windows of images, or HDF5 files."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from blobnet.proto import TransformationParameter, WindowDataParameter
from blobnet.sources.hdf5_list import read_list
from blobnet.sources.image_list import ImageListSource, read_image_list
from blobnet.sources.window_batches import WindowBatches, WindowImages
from blobnet.sources.window_file import read_window_file
from blobnet.sources.window_transformer import WindowTransformer
from scripts.fuzzing._rounds import draw, one_of, show, smaller
from scripts.fuzzing._texts import broken

__all__ = ["draw", "run", "show", "smaller"]

_IMAGES = ["a.ppm 1\nmy b.ppm 2\nö.ppm  -3\n", "a.ppm 1 2.5\nmy b.ppm 0 1e3\n", "a.ppm\t4\r\n"]
_WINDOWS = [
    "# 0\na.ppm\n3\n4\n5\n2\n9 0.71 1 1 3 3\n0 0 0 0 4 3\n# 1\nmy b.ppm\n3 4 5\n1\n2 1 0 0 1 1\n",
    "# 0\na.ppm\n3\n4\n5\n3\n1 1 0 0 4 3\n1 0.2 -3 -2 9 9\n2 0.9 2147483647 0 -2147483648 1\n",
]
_HDF5 = ["a.ppm\nmy b.ppm\n", "a.ppm a.ppm\tö.ppm\n\n"]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_images, _windows, _hdf5], case)


def _write(rng: random.Random, folder: Path, texts: list[str]) -> Path:
    for name in ("a.ppm", "my b.ppm", "ö.ppm"):
        (folder / name).write_bytes(b"P6 5 4 255\n" + bytes(range(60)))
    (folder / "list.txt").write_bytes(broken(rng, texts))
    return folder / "list.txt"


def _images(rng: random.Random, folder: Path) -> None:
    images = read_image_list(_write(rng, folder, _IMAGES), rng.choice((0, 0, 1, 2)))
    order = np.random.default_rng(0) if rng.random() < 0.3 else None
    source = ImageListSource(images, folder, rng=order)
    source.skip(rng.randrange(1000))
    for _ in range(5):
        source.read()


def _windows(rng: random.Random, folder: Path) -> None:
    path = _write(rng, folder, _WINDOWS)
    windows = read_window_file(path, rng.choice((0.5, 0, 2, -1, 1e38)), rng.choice((0.5, 0, 2)))
    numbers = (0, 1, 2, 5, 1e30, 3e38)
    transform = TransformationParameter(
        crop_size=rng.choice((1, 2, 7, 50)), mirror=True, scale=rng.choice(numbers),
        mean_value=[rng.choice(numbers)],
    )  # fmt: skip
    param = WindowDataParameter(
        context_pad=rng.randrange(4), crop_mode=rng.choice(("warp", "square")),
        scale=rng.choice(numbers),
    )  # fmt: skip
    transformer = WindowTransformer(param, transform, rng.choice((np.float32, np.float64)))
    images = WindowImages(windows, f"{folder}/")
    rng_ = np.random.default_rng(0)
    batches = WindowBatches(
        windows, images, transformer, rng_, batch_size=6, num_foreground=rng.choice((0, 3, 6))
    )
    batches.read()


def _hdf5(rng: random.Random, folder: Path) -> None:
    read_list(_write(rng, folder, [text.replace("a.ppm", f"{folder}/a.ppm") for text in _HDF5]))
