"""enable_classf_aug: the changes of images for classification of MobileNet-YOLO.

Caffe: Transform3 of its data_transformer.cpp, which is that of twtygqyy/caffe-augmentation.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.extras import import_extra
from blobnet.ops.images import colors
from blobnet.ops.images.warping import warp_affine
from blobnet.proto import TRAIN, TransformationParameter
from blobnet.sources.augmentation.resizing import resize_checked
from blobnet.sources.augmentation.settings import check_bytes_of_image, check_colors, check_range
from blobnet.types import Array

FIELDS = (
    *("max_rotation_angle", "contrast_brightness_adjustment", "smooth_filtering", "min_contrast"),
    *("max_contrast", "max_brightness_shift", "max_smooth", "max_color_shift", "min_side_min"),
    *("min_side_max", "min_side", "apply_probability"),
)
_OTHER_SIZES = ("resize_param", "noise_param", "random_resize_param", "random_aspect_ratio_param")
_LARGEST_SMOOTH = 200
_SMALL_GAUSSIANS = {3: (1, 2, 1), 5: (1, 4, 6, 4, 1), 7: (2, 7, 14, 18, 14, 7, 2)}
"""OpenCV's weights where no deviation is stated."""


class ClassificationChanges:
    """In TRAIN a turn; then a length for the shorter side, in both phases; then, in TRAIN, each by
    `apply_probability`: a shift of colours, contrast with brightness, one of four ways to smooth.

    Raises LayerError where a setting makes no sense.
    """

    def __init__(self, param: TransformationParameter, phase: int) -> None:
        self._param, self._trains = param, phase == TRAIN
        self.varies = bool(
            (param.max_rotation_angle and self._trains)
            or param.min_side
            or (param.min_side_min and param.min_side_max)
        )
        check_range("contrast", param.min_contrast, param.max_contrast)
        if param.min_side_min and param.min_side_max:
            check_range("min_side", param.min_side_min, param.min_side_max)
        if not param.max_smooth <= _LARGEST_SMOOTH or param.max_rotation_angle > 360:
            raise LayerError(
                explain(
                    "changes for classification are too large",
                    expected=f"max_smooth up to {_LARGEST_SMOOTH}, max_rotation_angle up to 360",
                    got=f"{param.max_smooth:g} and {param.max_rotation_angle}",
                )
            )
        for name in _OTHER_SIZES:
            others = getattr(param, name)
            if len(others) if name in ("resize_param", "noise_param") else param.HasField(name):
                raise LayerError(explain(f"`{name}` has no effect with enable_classf_aug"))

    def apply(self, image: Array, rng: np.random.Generator) -> Array:
        check_bytes_of_image(image, "enable_classf_aug")
        param = self._param
        does = rng.random(3) > 1 - np.float32(param.apply_probability)
        if self._trains and param.max_rotation_angle:
            angle = int(rng.integers(2 * param.max_rotation_angle + 1)) - param.max_rotation_angle
            image = turned(image, angle) if angle else image
        if param.min_side:
            image = _with_shorter_side(image, param.min_side)
        if param.min_side_min and param.min_side_max:
            side = int(rng.integers(param.min_side_min, param.min_side_max + 1))
            image = _with_shorter_side(image, side)
        if not self._trains:
            return image
        if param.max_color_shift and does[2]:
            image = _shifted(image, param.max_color_shift, rng)
        if param.contrast_brightness_adjustment and does[0]:
            factor = rng.uniform(param.min_contrast, param.max_contrast)
            shift = int(rng.integers(-param.max_brightness_shift, param.max_brightness_shift + 1))
            image = colors.linear(image, factor, shift)
        if param.smooth_filtering and param.max_smooth > 1 and does[1]:
            kind, half = rng.integers([4, int(param.max_smooth / 2) or 1]).tolist()
            image = smoothed(image, kind, 1 + 2 * half)
        return image


def turned(image: Array, degrees: float) -> Array:
    """The whole image turned against the clock, on a canvas of 0 that it just fits in."""
    _, rows, columns = image.shape
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    middle = np.array([columns / 2, rows / 2])
    reach = np.array([[cosine, sine], [sine, cosine]])
    half = np.abs(reach) @ middle
    size = np.ceil(np.float32(middle + half)) - np.floor(np.float32(middle - half)) + 1
    linear = np.array([[cosine, sine], [-sine, cosine]])
    framed = np.pad(image, ((0, 0), (1, 1), (1, 1))).astype(np.float32)  # edges fade into the 0
    offset = size / 2 - linear @ (middle + 1)
    matrix = np.concatenate([linear, offset[:, None]], 1)
    warped = warp_affine(framed, matrix, int(size[1]), int(size[0]))
    return np.rint(warped, out=warped).astype(np.uint8)


def _with_shorter_side(image: Array, side: int) -> Array:
    _, rows, columns = image.shape
    if rows <= columns:
        height, width = side, math.ceil(columns / (rows / side))
    else:
        height, width = math.ceil(rows / (columns / side)), side
    return resize_checked(image, height, width, "linear")


def _shifted(image: Array, most: int, rng: np.random.Generator) -> Array:
    """Each channel brighter by a number of its own, or each darker."""
    check_colors(image, "max_color_shift")
    shifts = rng.integers(most + 1, size=3)[:, None, None]
    return (image + shifts * (-1 if rng.integers(2) else 1)).clip(0, 255).astype(np.uint8)


def smoothed(image: Array, kind: int, size: int) -> Array:
    """Kind 0: Gaussian; 1: mean; 2: median; 3: mean of twice the size."""
    if kind == 2:
        return _medians(image, size)
    if kind == 3:
        size *= 2
    if size == 1:
        return image
    weights = _gaussian(size) if kind == 0 else np.full(size, 1 / size)
    before = size // 2
    around = ((0, 0), (before, size - 1 - before), (before, size - 1 - before))
    framed = np.pad(image, around, "reflect").astype(np.float64)
    _, rows, columns = image.shape
    tall = sum(w * framed[:, i : i + rows] for i, w in enumerate(weights))
    mixed = sum(w * tall[:, :, i : i + columns] for i, w in enumerate(weights))
    made: Array = np.rint(mixed).clip(0, 255).astype(np.uint8)
    return made


def _gaussian(size: int) -> Array:
    if size in _SMALL_GAUSSIANS:
        weights = np.array(_SMALL_GAUSSIANS[size], np.float64)
    else:
        deviation = 0.3 * ((size - 1) * 0.5 - 1) + 0.8
        weights = np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / deviation) ** 2)
    made: Array = weights / weights.sum()
    return made


def _medians(image: Array, size: int) -> Array:
    if size == 1:
        return image
    Image = import_extra("PIL.Image", "image", "smoothing images")
    filters = import_extra("PIL.ImageFilter", "image", "smoothing images")
    planes = (Image.fromarray(np.ascontiguousarray(plane)) for plane in image)
    return np.stack([np.asarray(each.filter(filters.MedianFilter(size))) for each in planes])
