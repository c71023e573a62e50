"""What NVCaffe called its random sizes at first, in today's words.

    var_sz_img_rand_resize_lower, _upper   the shorter side, whatever the image's own is
    var_sz_img_rand_crop                   a square cut out at random, in TEST, too
    var_sz_img_center_crop                 one from the middle, in TRAIN, too

Caffe: data_transformer.cpp of NVIDIA/caffe, early in 2017.
"""

from __future__ import annotations

from blobnet.errors import LayerError, explain
from blobnet.proto import TransformationParameter

_CROPS = ("crop_size", "var_sz_img_rand_crop", "var_sz_img_center_crop")
_BOUNDS = ("lower", "upper")
_OLD = (*_CROPS[1:], *(f"var_sz_img_rand_resize_{bound}" for bound in _BOUNDS))


def in_todays_words(param: TransformationParameter) -> tuple[TransformationParameter, bool]:
    """The same in fields of today, and whether a crop is cut at random in every phase.

    Raises LayerError where several crops are asked for.
    """
    if not any(getattr(param, name) for name in _OLD):
        return param, False
    result = TransformationParameter()
    result.CopyFrom(param)
    for name in _OLD:
        result.ClearField(name)
    crops = {name: getattr(param, name) for name in _CROPS if getattr(param, name)}
    if len(crops) > 1:
        raise LayerError(
            explain("several crops are asked for", expected="one of them", got=", ".join(crops))
        )
    if crops:
        (result.crop_size,) = crops.values()
        result.center_crop |= "var_sz_img_center_crop" in crops
    if param.var_sz_img_rand_resize_lower or param.var_sz_img_rand_resize_upper:
        for bound in _BOUNDS:
            value = getattr(param, f"var_sz_img_rand_resize_{bound}")
            setattr(result, f"img_rand_resize_{bound}", value)
        result.allow_upscale = True
        result.interpolation_algo_down = TransformationParameter.INTER_AREA
        result.interpolation_algo_up = TransformationParameter.INTER_CUBIC
    return result, "var_sz_img_rand_crop" in crops
