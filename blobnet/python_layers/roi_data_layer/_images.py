"""Images as Fast R-CNN wants them: less the mean, scaled, one batch with zeros at the edges.

utils/blob.py of py-faster-rcnn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.ops.images.resize_floats import resize_floats
from blobnet.types import Array


def scale_for(height: int, width: int, target: float, most: float) -> float:
    """What makes the shorter side `target` long, but the longer one at most `most`."""
    short, long = min(height, width), max(height, width)
    scale = target / short
    return most / long if np.rint(scale * long) > most else scale


def scaled(pixels: Array, means: Sequence[float], scale: float) -> Array:
    """(height, width, 3) bytes as floats, less the mean of each colour, so many times as large."""
    values = pixels.astype(np.float32)
    values -= np.array(means)
    height, width = (max(1, int(np.rint(size * scale))) for size in pixels.shape[:2])
    return resize_floats(values, height, width, scale)


def batch_of(images: Sequence[Array], stride: int = 0) -> Array:
    """(N, 3, height, width), as large as the largest; zeros at the right and below.

    stride  what height and width are multiples of, if it is not 0
    """
    height, width = (
        multiple(max(image.shape[axis] for image in images), stride) for axis in (0, 1)
    )
    batch = np.zeros((len(images), 3, height, width), np.float32)
    for its, image in zip(batch, images, strict=True):
        its[:, : image.shape[0], : image.shape[1]] = image.transpose(2, 0, 1)
    return batch


def multiple(size: int, stride: int) -> int:
    """The next multiple of stride from size on; with a stride of 0 size itself."""
    return -(-size // stride) * stride if stride > 0 else size
