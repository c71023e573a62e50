"""What arrays must be like that a caller hands to a layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.layer import Layer
from blobnet.layers.data._batch import naming_errors
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape


def check_memory(layer: Layer, name: str, array: Array) -> None:
    """Raise LayerError unless the array is float32, or of the layer's type, and C-contiguous."""
    is_array = isinstance(array, np.ndarray)
    if is_array and array.dtype in (np.float32, layer.dtype) and array.flags.c_contiguous:
        return
    layout = "" if is_array and array.flags.c_contiguous else ", not contiguous"
    raise layer.error(
        f"{name} array must be float32 and C contiguous",
        got=f"{array.dtype}{layout}" if is_array else type(array).__name__,
        fix=f"np.ascontiguousarray({name}, dtype=np.float32)",
    )


def check_rows(layer: Layer, rows: int, batch_size: int) -> None:
    """Raise LayerError unless there are rows, for whole batches."""
    if not rows or rows % batch_size:
        raise layer.error(
            "first dimensions of input arrays must be a multiple of batch size",
            expected=f"a multiple of {batch_size}, and not 0",
            got=f"{rows} rows",
            fix="leave out the last rows, or call set_batch_size",
        )


def check_stated_shapes(layer: Layer, shapes: Sequence[Shape]) -> None:
    """Raise LayerError unless all batches hold values, of as many items."""
    if any(shape[0] != shapes[0][0] for shape in shapes):
        what = "Inconsistent batch sizes across blobs in memory data layer"
        raise layer.error(what, expected=f"{shapes[0][0]} for all", got=f"shapes {shapes}")
    for shape in shapes:
        if not all(shape):
            what = "batch_size, channels, height, and width must be specified and positive in"
            raise layer.error(f"{what} memory_data_param", got=", ".join(map(str, shape)))


def check_shapes(
    layer: Layer, arrays: Sequence[Array], items: Sequence[Shape], batch_size: int
) -> None:
    """Raise LayerError unless there are rows of each of these items, as many, for whole batches."""
    rows = len(arrays[0]) if arrays and arrays[0].ndim else 0
    expected, got = [(rows, *item) for item in items], [array.shape for array in arrays]
    if got != expected:
        raise layer.error(
            "the arrays do not fit the tops",
            expected=f"{len(items)} arrays of shapes {expected}",
            got=f"{len(got)} of {got}",
        )
    check_rows(layer, rows, batch_size)


def check_images(
    layer: Layer, images: Sequence[Array], transformer: DataTransformer, item: Shape
) -> None:
    """Raise LayerError unless each image has this shape once it is transformed."""
    for index, image in enumerate(images):
        with naming_errors(layer):
            shape = transformer.output_shape(image.shape)
        if shape != item:
            raise layer.error(
                "an image does not fit",
                expected=f"{item}, which are channels, height and width",
                got=f"{shape} of image {index}, after the transformation",
            )
