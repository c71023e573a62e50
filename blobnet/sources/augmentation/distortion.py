"""distort_param: random brightness, contrast, saturation and hue, one chance for all in DeepDetect.

Caffe: ApplyDistort of im_transforms.cpp of SSD.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.ops.images import colors
from blobnet.proto import DistortionParameter
from blobnet.sources.augmentation.rolled import with_a_chance_each
from blobnet.sources.augmentation.settings import check_bytes_of_image, check_colors, check_range
from blobnet.types import Array

_Change = Callable[[Array, np.random.Generator], Array]
_UNCHANGED = 1e-3  # a contrast this near to 1 changes nothing


class Distortion:
    """What a distort_param asks for. Raises LayerError where a range is none.

    Each change has its own probability; contrast is changed before saturation and hue or behind
    them, half of the time each. The channels' order is the last.
    """

    def __init__(self, param: DistortionParameter) -> None:
        self._stated = param
        param = self._param = with_a_chance_each(param, channels=3)
        for name, prob, least, most in (
            ("brightness", param.brightness_prob, 0, param.brightness_delta),
            ("contrast", param.contrast_prob, param.contrast_lower, param.contrast_upper),
            ("saturation", param.saturation_prob, param.saturation_lower, param.saturation_upper),
            ("hue", param.hue_prob, 0, param.hue_delta),
        ):
            if prob > 0:
                check_range(f"distort_param, {name}", least, most)

    def apply(self, image: Array, rng: np.random.Generator) -> Array:
        check_bytes_of_image(image, "distort_param")
        self._param = with_a_chance_each(self._stated, len(image))
        first = rng.random() > 0.5
        for change in (
            self._brightness,
            *((self._contrast,) if first else ()),
            self._saturation,
            self._hue,
            *(() if first else (self._contrast,)),
            self._order,
        ):
            image = change(image, rng)
        return image

    def _brightness(self, image: Array, rng: np.random.Generator) -> Array:
        param = self._param
        if not rng.random() < param.brightness_prob:
            return image
        delta = rng.uniform(-param.brightness_delta, param.brightness_delta)
        return colors.linear(image, 1, delta)

    def _contrast(self, image: Array, rng: np.random.Generator) -> Array:
        param = self._param
        if not rng.random() < param.contrast_prob:
            return image
        factor = rng.uniform(param.contrast_lower, param.contrast_upper)
        return colors.linear(image, factor, 0) if abs(factor - 1) > _UNCHANGED else image

    def _saturation(self, image: Array, rng: np.random.Generator) -> Array:
        param = self._param
        if not rng.random() < param.saturation_prob:
            return image
        factor = rng.uniform(param.saturation_lower, param.saturation_upper)
        return with_hsv(image, 1, lambda saturation: colors.linear(saturation, factor, 0))

    def _hue(self, image: Array, rng: np.random.Generator) -> Array:
        param = self._param
        if not rng.random() < param.hue_prob:
            return image
        delta = rng.uniform(-param.hue_delta, param.hue_delta)
        return with_hsv(image, 0, lambda hue: colors.linear(hue, 1, delta)) if delta else image

    def _order(self, image: Array, rng: np.random.Generator) -> Array:
        if not rng.random() < self._param.random_order_prob:
            return image
        check_colors(image, "random_order_prob")
        return image[rng.permutation(3)]


def with_hsv(image: Array, part: int, change: Callable[[Array], Array]) -> Array:
    """The image with another hue (part 0) or saturation (part 1), in whole steps of a byte.

    A hue is not turned beyond 0 and 255, as in SSD: what is red, at 0, cannot go down.
    """
    check_colors(image, "distort_param")
    hsv = colors.hsv_from_bgr(image)
    hsv[part] = change(hsv[part])
    return colors.bgr_from_hsv(hsv)
