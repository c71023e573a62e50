"""Settings of transform_param that only some layers follow, refused by the others."""

from __future__ import annotations

from collections.abc import Iterable

from blobnet.errors import LayerError, explain
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.random_sizes import NVCAFFE_FIELDS

WITH_BOXES = ("distort_param", "expand_param", "emit_constraint")
LABEL_MAPS = ("scale_factors", "crop_height", "crop_width")
SCALED_CROPS = ("multi_scale", "fix_crop", "is_flow", "original_image")
OF_IMAGE_DATA = ("bgr2rgb",)
OF_VOLUMES = ("crop_size_l", "crop_size_h", "crop_size_w")
PUZZLES = ("hash_file", "siamese_size", "patch_size", "jitter_size")
OF_SEG_DATA = ("stride", "upper_size", "upper_height", "upper_width")
_LISTS = ("resize_param", "noise_param", "scale_factors")
BEFORE_THE_CROP = (
    *("crop_h", "crop_w", "center_crop", "erase_ratio", "scale_min", "scale_max", "aspect_min"),
    *("aspect_max", "cvt_bgr2rgb", "resize_param", "noise_param", "random_resize_param", "flow"),
    *("random_aspect_ratio_param", "allow_upscale", "interpolation_algo_down"),
    *("interpolation_algo_up", "enable_classf_aug", *NVCAFFE_FIELDS, *WITH_BOXES, *SCALED_CROPS),
    *OF_VOLUMES,
    *PUZZLES,
)
"""Fields of forks that a layer refuses which has a transformer of its own."""


def refuse_settings(param: TransformationParameter, names: Iterable[str], why: str) -> None:
    """Raise LayerError where one of the fields is set, which would have no effect."""
    for name in names:
        if len(getattr(param, name)) if name in _LISTS else param.HasField(name):
            raise LayerError(
                explain(f"`{name}` of transform_param has no effect here: {why}", fix="take it out")
            )
