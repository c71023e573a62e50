"""Images in another size as planes of floats, resized, ordered and scaled in one kernel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.ops.images.resize import Neighbours, later
from blobnet.ops.jit import KernelError
from blobnet.ops.parallel import for_ranges
from blobnet.types import Array

_PRODUCTS = 3  # of a value: what takes less than a millisecond is not worth another thread


def resize_to_floats(
    image: Array,
    across: Neighbours,
    down: Neighbours,
    order: Sequence[int],
    means: Array,
    factors: Array,
    planes: Array,
) -> bool:
    """Write a (rows, columns, channels) image of bytes, resized, as planes of floats, in one go.

    across, down    of the new columns and rows: see `neighbours`
    order           the image's channel for each plane
    means, factors  float32, one for each plane: it is resized, less the mean, times the factor
    planes          (channels, height, width) float32

    False, and nothing written, where no kernel serves (yet).
    """
    kernels = later.after(len(image) * len(across[0]) * len(order))
    if kernels is None:
        return False
    channels = image.shape[2]
    flat = np.ascontiguousarray(image).reshape(len(image), -1)
    columns = np.array(across[:2], np.uint32) * np.uint32(channels)
    rows = np.array(down[:2], np.uint32)
    weights = [np.array(pair[2:], np.int32) for pair in (across, down)]
    channel = np.array(order, np.intp)

    def write(begin: int, end: int) -> None:
        mixed = np.empty((2, channels, len(across[0])), np.int32)
        kernels.resize_to_floats(
            *(flat, columns, weights[0], rows[:, begin:end], weights[1][:, begin:end]),
            *(channel, means, factors, mixed, planes[:, begin:end]),
        )

    try:
        for_ranges(write, len(down[0]), _PRODUCTS * planes.size)
    except KernelError:
        return False  # numpy serves from now on
    return True
