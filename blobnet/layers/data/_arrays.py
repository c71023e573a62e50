"""What arrays must be like that a caller hands to a layer."""

from __future__ import annotations

import numpy as np

from blobnet.layer import Layer
from blobnet.types import Array


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
