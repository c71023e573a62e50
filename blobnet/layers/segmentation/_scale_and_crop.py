"""What becomes of an image and its labels: both scaled, filled up, cut out and flipped alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.ops.overflow import overflow_allowed
from blobnet.proto import TransformationParameter
from blobnet.sources.image import resize_image
from blobnet.sources.label_maps import resize_nearest
from blobnet.sources.mean_values import check_finite
from blobnet.types import Array, Shape


class ScaleAndCrop:
    """Scales, fills up, cuts out, flips; then the mean and the scale."""

    def __init__(
        self, param: TransformationParameter, is_random: bool, ignore_label: int, dtype: np.dtype
    ) -> None:
        for name, value in (("scale", param.scale), *(("mean_value", v) for v in param.mean_value)):
            check_finite(name, value)
        self._crop, self._mirror = crop_of(param), param.mirror
        self._factors = [np.float32(factor) for factor in param.scale_factors]
        self._is_random, self._ignore_label = is_random, ignore_label
        self._scale = param.scale
        self._mean = np.array(param.mean_value or [0], dtype)[:, None, None]

    def shapes(self, image: Shape, labels: Shape) -> tuple[Shape, Shape]:
        if labels[1:] != image[1:]:
            raise LayerError(
                explain(
                    "the image and its labels differ in size",
                    expected=f"labels of {image[1]} x {image[2]}",
                    got=f"{labels[1]} x {labels[2]}",
                    fix="set new_height and new_width",
                )
            )
        if len(self._mean) not in (1, image[0]):
            raise LayerError(
                explain(
                    "Specify either 1 mean_value or as many as channels",
                    expected=f"1 or {image[0]} values",
                    got=f"{len(self._mean)} values",
                )
            )
        size = self._crop if any(self._crop) else image[1:]
        return (image[0], *size), (1, *size)

    def __call__(
        self, image: Array, labels: Array, rng: np.random.Generator, out: Sequence[Array]
    ) -> None:
        flip = self._mirror and bool(rng.integers(2))
        if self._factors:
            factor = self._factors[rng.integers(len(self._factors))]
            if factor != 1:
                height, width = (
                    max(int(np.float32(length) * factor), 1) for length in image.shape[1:]
                )
                image = resize_image(image, height, width)
                labels = resize_nearest(labels, height, width)
        target, label_target = (array[:, :, ::-1] if flip else array for array in out)
        target[...] = self._mean  # so that it is 0 in the end where there is no image
        label_target.fill(self._ignore_label)
        seen = self._window(image.shape[1:], out[0].shape[1:], rng)
        rows, columns = (slice(0, part.stop - part.start) for part in seen)
        target[:, rows, columns] = image[:, seen[0], seen[1]]
        label_target[:, rows, columns] = labels[:, seen[0], seen[1]]
        with overflow_allowed():
            out[0][...] -= self._mean
            out[0][...] *= self._scale

    def _window(self, sizes: Shape, wanted: Shape, rng: np.random.Generator) -> list[slice]:
        """Which rows and columns of the image are seen."""
        seen = []
        for size, length in zip(sizes, wanted, strict=True):
            room = max(size, length) - length
            is_drawn = self._is_random and any(self._crop)
            begin = int(rng.integers(room + 1)) if is_drawn else room // 2
            seen.append(slice(begin, min(begin + length, size)))
        return seen


def crop_of(param: TransformationParameter) -> tuple[int, int]:
    """Height and width of what is cut out; 0 where nothing is."""
    if param.HasField("crop_height") and param.HasField("crop_width"):
        return param.crop_height, param.crop_width
    return param.crop_size, param.crop_size
