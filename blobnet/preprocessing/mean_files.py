"""Mean images and mean values from files: .binaryproto, as Caffe's tools write it, and .npy."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import BinaryIO

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.proto import TransformationParameter
from blobnet.sources.mean_values import read_mean
from blobnet.types import Array


def read_mean_file(path: str) -> Array:
    """What to subtract, float32: (C, height, width), or (C, 1, 1) of a file with C values.

    Raises DataError where the file cannot be read or has other axes.
    """
    mean = _read_npy(Path(path)) if path.endswith(".npy") else _read_binaryproto(path)
    if mean.ndim == 1:
        mean = mean[:, None, None]
    if mean.ndim != 3 or not mean.size:
        expected = "shape (channels, height, width), or (channels,)"
        raise DataError(
            explain(f"{shown(path)}: this is no mean image", expected=expected, got=mean.shape)
        )
    return mean


def _read_binaryproto(path: str) -> Array:
    image, _ = read_mean(TransformationParameter(mean_file=path), np.float32)
    return np.asarray(image)


def parse_mean(text: str) -> Array:
    """Values, `104,117,123`, or a file: what to subtract. Raises DataError as `read_mean_file`."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return read_mean_file(text)
    if not all(map(math.isfinite, values)):
        raise DataError(explain("the mean must be finite numbers", got=text))
    return np.array(values, np.float32)[:, None, None]


def _read_npy(path: Path) -> Array:
    data = read_file(path, DataError, setting="the mean")
    try:
        _check_promise(io.BytesIO(data), len(data))
        array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
        return np.asarray(array, np.float32)
    except (ArithmeticError, EOFError, MemoryError, SyntaxError, TypeError, ValueError) as error:
        raise DataError(explain(f"{shown(path)}: the mean cannot be read", got=error)) from error


def _check_promise(file: BinaryIO, size: int) -> None:
    """Raise ValueError where the head of a .npy promises more numbers than the file can hold."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0
    shape, _, dtype = (read if version == (1, 0) else np.lib.format.read_array_header_2_0)(file)
    if math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"it promises shape {shape}, and holds {size} bytes")
