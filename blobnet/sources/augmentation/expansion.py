"""expand_param: an image somewhere on a larger canvas. Caffe: ExpandImage of SSD."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.limits import check_bytes
from blobnet.proto import ExpansionParameter
from blobnet.sources.augmentation.settings import check_bytes_of_image, per_channel
from blobnet.types import Array

_LARGEST = 1000.0


class Expansion:
    """What an expand_param asks for; the canvas has the colour of `mean_value`.

    Raises LayerError unless max_expand_ratio is above 1.
    """

    def __init__(self, param: ExpansionParameter, mean_value: Sequence[float]) -> None:
        self._prob, self._most = param.prob, param.max_expand_ratio
        self._mean_value = list(mean_value)
        if not 1 < self._most <= _LARGEST:
            raise LayerError(
                explain(
                    "expand_param: max_expand_ratio is no enlargement",
                    expected=f"above 1, at most {_LARGEST:g}",
                    got=self._most,
                )
            )

    def apply(self, image: Array, rng: np.random.Generator) -> tuple[Array, Array] | None:
        """The canvas, and its box in shares of the image; None where the image is left alone."""
        check_bytes_of_image(image, "expand_param")
        if rng.random() > self._prob or abs(self._most - 1) < 1e-2:
            return None
        ratio = np.float32(rng.uniform(1, self._most))
        channels, rows, columns = image.shape
        height, width = int(np.float32(rows) * ratio), int(np.float32(columns) * ratio)
        check_bytes(channels * height * width, "expand_param", DataError, stored=image.nbytes)
        top, left = (int(rng.uniform(0, most)) for most in (height - rows, width - columns))
        canvas = np.empty((channels, height, width), np.uint8)
        canvas[:] = per_channel(self._mean_value, channels, "mean_value")
        canvas[:, top : top + rows, left : left + columns] = image
        box = np.array([-left, -top, width - left, height - top], np.float32)
        return canvas, box / np.array([columns, rows] * 2, np.float32)
