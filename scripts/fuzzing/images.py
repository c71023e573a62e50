"""Image files of every format that is read, decoded, resized and transformed."""

from __future__ import annotations

import io
import random
from functools import cache
from pathlib import Path

import numpy as np

from blobnet.proto import TEST, TRAIN, TransformationParameter
from blobnet.sources.image import decode_image, resize_image
from blobnet.sources.transformer import DataTransformer
from scripts.fuzzing._damage import damaged
from scripts.fuzzing._rounds import draw, one_of, show, smaller

__all__ = ["draw", "run", "show", "smaller"]

_FORMATS = {
    "BMP": ("1", "L", "P", "RGB"),
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "PPM": ("1", "L", "RGB"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "F", "I;16"),
    "WEBP": ("RGB", "RGBA"),
}
_SIZES = (1, 2, 7, 40, 3000, 100_000, 2**31 - 1)
_NUMBERS = (0, 1, -1, 0.5, 1e38, -3e38, float("inf"), float("nan"))


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_round], case)


def _round(rng: random.Random, folder: Path) -> None:
    contents = _contents()
    data = rng.choice(contents)
    data = damaged(rng, data, contents) if rng.random() < 0.9 else data
    image = decode_image(data, rng.choice(("stored", "color", "gray")))
    if rng.random() < 0.5:
        image = resize_image(image, rng.choice(_SIZES), rng.choice(_SIZES))
    param = TransformationParameter(
        scale=rng.choice(_NUMBERS), mirror=rng.random() < 0.5,
        crop_size=rng.choice((0, 0, 1, 5, 99)),
        mean_value=rng.choices(_NUMBERS, k=rng.choice((0, 0, 1, 3))),
    )  # fmt: skip
    dtype = rng.choice((np.float32, np.float64))
    transformer = DataTransformer(param, rng.choice((TRAIN, TEST)), dtype)
    transformer.transform([image, image], np.random.default_rng(0))


@cache
def _contents() -> list[bytes]:
    from PIL import Image

    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(256, size=(40, 30, 3), dtype=np.uint8))
    deep = Image.fromarray(rng.integers(2**16, size=(40, 30), dtype=np.uint16))
    contents = []
    for file_format, modes in _FORMATS.items():
        for mode in modes:
            image = deep if mode == "I;16" else picture.convert(mode)
            for options in _options(file_format, image):
                stream = io.BytesIO()
                image.save(stream, file_format, **options)
                contents.append(stream.getvalue())
    return contents


def _options(file_format: str, image: object) -> list[dict[str, object]]:
    ways: dict[str, list[dict[str, object]]] = {
        "JPEG": [{"progressive": True}, {"quality": 20, "comment": b"x" * 300}],
        "PNG": [{"save_all": True, "append_images": [image]}, {"compress_level": 0}],
        "TIFF": [{"compression": way} for way in ("tiff_lzw", "tiff_deflate", "packbits")],
        "WEBP": [{"lossless": True}, {"save_all": True, "append_images": [image]}],
    }
    return [{}, *ways.get(file_format, [])]
