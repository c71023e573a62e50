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


def batch_of(images: Sequence[Array]) -> Array:
    """(N, 3, height, width), as large as the largest; zeros at the right and below."""
    height, width = (max(image.shape[axis] for image in images) for axis in (0, 1))
    batch = np.zeros((len(images), 3, height, width), np.float32)
    for its, image in zip(batch, images, strict=True):
        its[:, : image.shape[0], : image.shape[1]] = image.transpose(2, 0, 1)
    return batch
