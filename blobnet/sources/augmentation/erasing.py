"""erase_ratio: a random box of an image becomes noise.

Caffe: data_transformer.cpp of caffe-windows.
Paper: Zhong et al., "Random Erasing Data Augmentation", 2017.
"""

from __future__ import annotations

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.settings import check_range
from blobnet.types import Array, Shape

_MOST_TRIALS = 1000


class Erasing:
    """Boxes as wide as scale_min to scale_max of the image, aspect_min to aspect_max as high.

    Each pixel of a box becomes a number from 0 to 254, each channel another. Raises LayerError
    where the ranges are none.
    """

    def __init__(self, param: TransformationParameter) -> None:
        self._ratio = param.erase_ratio
        self._scales = (param.scale_min, param.scale_max)
        self._aspects = (param.aspect_min, param.aspect_max)
        check_range("erasing, scale_min and scale_max", *self._scales)
        check_range("erasing, aspect_min and aspect_max", *self._aspects)

    def apply(self, image: Array, at: Shape, size: Shape, rng: np.random.Generator) -> Array:
        """The image, or one with a box of noise in the window of that size at (top, left)."""
        if not rng.random() < self._ratio:
            return image
        top, left, height, width = self._box(size, rng)
        erased = image.copy()
        rows = slice(at[0] + top, at[0] + top + height)
        columns = slice(at[1] + left, at[1] + left + width)
        erased[:, rows, columns] = rng.integers(255, size=(len(image), height, width))
        made: Array = erased
        return made

    def _box(self, size: Shape, rng: np.random.Generator) -> tuple[int, int, int, int]:
        """Drawn until it lies in the window."""
        for _ in range(_MOST_TRIALS):
            width = int(size[1] * rng.uniform(*self._scales))
            height = int(width * rng.uniform(*self._aspects))
            left, top = int(rng.integers(size[1] + 1)), int(rng.integers(size[0] + 1))
            if left + width <= size[1] and top + height <= size[0]:
                return top, left, height, width
        raise LayerError(
            explain(
                "no box to erase lies in the image",
                expected=f"smaller ones, for {size[0]} x {size[1]} pixels",
                got=f"scales {self._scales[0]:g} to {self._scales[1]:g}, aspects "
                f"{self._aspects[0]:g} to {self._aspects[1]:g}",
            )
        )
