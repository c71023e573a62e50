"""What transform_param subtracts: an image out of a file, or a value for each channel."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import DataError, LayerError, explain
from blobnet.input_files import shown
from blobnet.proto import TransformationParameter
from blobnet.serialization.blob_file import read_blob
from blobnet.types import Array


def read_mean(
    param: TransformationParameter, dtype: DTypeLike
) -> tuple[Array | None, Array | None]:
    """The image to subtract, or the values, one per channel: (C, H, W) or (C, 1, 1)."""
    if param.mean_file and param.mean_value:
        raise LayerError(
            explain(
                "Cannot specify mean_file and mean_value at the same time",
                got=f'mean_file "{param.mean_file}" and {len(param.mean_value)} mean_value',
                fix="remove one of them from transform_param",
            )
        )
    for value in param.mean_value:
        check_finite("mean_value", value)
    if param.mean_file:
        return _read_mean_file(Path(param.mean_file)).astype(dtype), None
    if param.mean_value:
        return None, np.array(param.mean_value, dtype)[:, None, None]
    return None, None


def check_finite(setting: str, value: float) -> None:
    """Raise LayerError where nothing that is computed with the value would be a number."""
    if not math.isfinite(value):
        raise LayerError(
            explain(f"{setting} of transform_param must be a number", expected="finite", got=value)
        )


def _read_mean_file(path: Path) -> Array:
    """The mean image (channels, height, width) in a .binaryproto."""
    blob = read_blob(path, "mean_file")
    if blob.num_axes not in (3, 4) or not blob.count or blob.count != blob.count(-3):
        raise DataError(
            explain(
                f"mean_file {shown(path)}: not one image",
                expected="shape (1, channels, height, width)",
                got=f"shape {blob.shape}",
            )
        )
    if not np.isfinite(blob.data).all():
        raise DataError(
            explain(
                f"mean_file {shown(path)}: holds values that are no numbers",
                got="infinite ones, or NaN",
                fix="compute the mean anew (compute_image_mean)",
            )
        )
    return blob.data.reshape(blob.shape[-3:])
