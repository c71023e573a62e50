"""Caffe's tools beside the work that they cannot do without: decoding images, running a net."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.inputs import random_images
from benchmarks.measure import Measured, interleave
from benchmarks.nets import caffenet
from blobnet.datasets.features import extract_features
from blobnet.datasets.image_set import ImageSettings, convert_image_set
from blobnet.net import Net
from blobnet.ops.parallel import num_threads
from blobnet.proto import NetParameter
from blobnet.sources.image_list import read_image_list

SIZE, STORED = 256, (375, 500)
"""Rows and columns of the images in the database, and of the files."""


def converting(rounds: int, number: int = 1000) -> Measured:
    """convert_imageset of JPEG files into an LMDB; Pillow decodes and resizes them, in threads."""
    with tempfile.TemporaryDirectory() as folder:
        names = _write_images(Path(folder), number)
        (Path(folder) / "list.txt").write_text("".join(f"{name} 1\n" for name in names))
        images = read_image_list(Path(folder) / "list.txt")
        store = Path(folder) / "store"
        settings = ImageSettings(resize_height=SIZE, resize_width=SIZE)

        def ours() -> None:
            shutil.rmtree(store, ignore_errors=True)
            convert_image_set(f"{folder}/", images, store, "lmdb", settings)

        works = [ours, lambda: _decode_all(Path(folder), names)]
        return Measured(*interleave(works, rounds))


def features(
    rounds: int, definition: NetParameter | None = None, blob: str = "fc7", batches: int = 5
) -> Measured:
    """extract_features of some batches into an LMDB; the same forwards."""
    net = Net(definition or caffenet(10), "TEST", seed=1)
    for name in net.inputs:
        net.blobs[name].data[...] = random_images(net)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"

        def ours() -> None:
            shutil.rmtree(store, ignore_errors=True)
            extract_features(net, [blob], [store], batches)

        def forwards() -> None:
            for _ in range(batches):
                net.forward()

        return Measured(*interleave([ours, forwards], rounds))


def _write_images(folder: Path, number: int) -> list[str]:
    """JPEG files of soft shapes with some noise, about as large as photographs are."""
    rng = np.random.default_rng(1)
    names = [f"{index}.jpg" for index in range(number)]
    files = []
    for _ in range(min(number, 20)):
        shapes = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8))
        pixels = np.asarray(shapes.resize(STORED[::-1], Image.Resampling.BICUBIC), np.int16)
        noisy = (pixels + rng.integers(-6, 7, pixels.shape)).clip(0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(noisy).save(file, "JPEG", quality=90)
        files.append(file.getvalue())
    for index, name in enumerate(names):
        (folder / name).write_bytes(files[index % len(files)])
    return names


def _decode_all(folder: Path, names: Sequence[str]) -> None:
    def decode(name: str) -> Image.Image:
        with Image.open(folder / name) as image:
            return image.resize((SIZE, SIZE), Image.Resampling.BILINEAR)

    with ThreadPoolExecutor(num_threads()) as threads:
        for _ in threads.map(decode, names):
            pass
