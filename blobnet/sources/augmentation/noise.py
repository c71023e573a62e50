"""noise_param: an image spoiled on purpose, in SSD's order. Caffe: ApplyNoise of im_transforms.cpp.
DeepDetect draws which steps an image goes through: `rolled.py`.

Of the two last steps the second makes floats of the bytes: L, a and b. (SSD then takes the bytes of
the memory they stand in for values; here they are what is meant.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.ops.images import colors, filters
from blobnet.proto import NoiseParameter
from blobnet.sources.augmentation.rolled import rolled
from blobnet.sources.augmentation.settings import check_bytes_of_image, check_colors, per_channel
from blobnet.sources.image import jpeg_again
from blobnet.types import Array

_FOR_COLORS = ("decolorize", "convert_to_hsv", "convert_to_lab")


class Noise:
    """What a noise_param asks for. Raises LayerError where a setting makes no sense."""

    def __init__(self, param: NoiseParameter) -> None:
        self._is_rolled = param.HasField("all_effects")  # DeepDetect's
        self._param, self.prob = param, 1.0 if self._is_rolled else param.prob
        self._pepper = param.saltpepper_param
        if self._is_rolled and not 0 <= param.prob <= 1:
            raise LayerError(
                explain("noise_param: no chance", expected="prob from 0 to 1", got=param.prob)
            )
        has_pepper = param.saltpepper or param.all_effects
        if has_pepper and not 0 <= self._pepper.fraction <= 1:
            raise LayerError(
                explain(
                    "saltpepper_param states no share of the pixels",
                    expected="a fraction from 0 to 1",
                    got=self._pepper.fraction,
                )
            )
        is_needed = self._pepper.fraction > 0 or not self._is_rolled
        if has_pepper and is_needed and not self._pepper.value:
            raise LayerError(
                explain("saltpepper_param states no value", fix="saltpepper_param { value: 255 }")
            )
        if param.jpeg > 100:
            raise LayerError(
                explain("noise_param: no quality", expected="jpeg up to 100", got=param.jpeg)
            )

    def apply(self, image: Array, rng: np.random.Generator) -> Array:
        """The image after all steps; not the array that came."""
        param = self._param
        if self._is_rolled:
            param = rolled(param, len(image), rng)
        check_bytes_of_image(image, "noise_param")
        for name in _FOR_COLORS:
            if getattr(param, name):
                check_colors(image, name)
        for name, step in _STEPS.items():
            if getattr(param, name):
                image = step(image)
            if name == "clahe" and param.jpeg > 0:
                image = jpeg_again(image, int(param.jpeg), colored=True)
        if param.saltpepper:
            image = self._peppered(image, rng)
        if param.convert_to_hsv:
            image = colors.hsv_from_bgr(image)
        return colors.lab_from_bgr(image) if param.convert_to_lab else image

    def _peppered(self, image: Array, rng: np.random.Generator) -> Array:
        channels, rows, columns = image.shape
        count = int(np.float32(self._pepper.fraction) * np.float32(columns * rows))
        at = rng.integers([columns, rows], size=(count, 2))
        image = image.copy()
        image[:, at[:, 1], at[:, 0]] = per_channel(self._pepper.value, channels, "value")[:, 0]
        return image


def _in_brightness(image: Array, change: Callable[[Array], Array]) -> Array:
    """A change of the only channel, or of how bright the colours are."""
    if len(image) != 3:
        return np.stack([change(plane) for plane in image])
    parts = colors.ycrcb_from_bgr(image)
    parts[0] = change(parts[0])
    return colors.bgr_from_ycrcb(parts)


_STEPS: dict[str, Callable[[Array], Array]] = {
    "decolorize": lambda image: np.repeat(colors.gray_from_bgr(image)[None], 3, axis=0),
    "gauss_blur": filters.blur,
    "hist_eq": lambda image: _in_brightness(image, filters.equalize),
    "clahe": lambda image: _in_brightness(image, filters.equalize_locally),
    "erode": filters.erode,
    "posterize": filters.posterize,
    "inverse": np.invert,
}
"""In SSD's order; what a JPEG takes away comes behind clahe."""
