"""DeepDetect's noise_param and distort_param: each of their effects comes or stays away by itself.

`prob` is the chance of every effect that is switched on, or of all of them with `all_effects`. What
needs colours passes a gray image by. A noise_param is meant so where it states `all_effects`, a
distort_param where it states a field that SSD's has not.

Caffe: ApplyNoise, ApplyDistort of im_transforms.cpp of DeepDetect (jolibrain/caffe).
"""

from __future__ import annotations

import numpy as np

from blobnet.proto import DistortionParameter, NoiseParameter

_SPOILING = (
    *("gauss_blur", "hist_eq", "clahe", "erode", "posterize", "inverse", "saltpepper"),
    *("convert_to_hsv", "convert_to_lab"),
)
"""In the fork's order. Its decolorize never comes: the image that it looks at is empty."""

_OF_COLORS = ("convert_to_hsv", "convert_to_lab")
_DISTORTING = ("brightness", "contrast", "saturation", "hue", "random_order")
_OF_DEEPDETECT = (*_DISTORTING, "prob", "all_effects")


def rolled(param: NoiseParameter, channels: int, rng: np.random.Generator) -> NoiseParameter:
    """The effects that this image gets, as SSD would state them."""
    made = NoiseParameter(saltpepper_param=param.saltpepper_param)
    if not param.prob:
        return made
    made.jpeg = param.jpeg if channels > 1 else -1
    for name in _SPOILING:
        is_on = param.all_effects or getattr(param, name)
        if is_on and rng.random() < param.prob:
            setattr(made, name, channels > 1 or name not in _OF_COLORS)
    return made


def with_a_chance_each(param: DistortionParameter, channels: int) -> DistortionParameter:
    """A distort_param as SSD has it; one of SSD's as it is."""
    if not any(param.HasField(name) for name in _OF_DEEPDETECT):
        return param
    made = DistortionParameter()
    made.CopyFrom(param)
    for name in _DISTORTING:
        is_on = param.all_effects or getattr(param, name)
        fits = channels == 3 or name in ("brightness", "contrast")
        setattr(made, f"{name}_prob", param.prob if is_on and fits else 0)
    return made
