"""What forks do with an image before the crop: another size, a random one, noise.

Caffe: data_transformer.cpp of SSD, Intel and NVCaffe; of several resize_param or noise_param one is
drawn, as in ParseNet's.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.classification import FIELDS, ClassificationChanges
from blobnet.sources.augmentation.noise import Noise
from blobnet.sources.augmentation.random_sizes import (
    NVCAFFE_FIELDS,
    RandomAspect,
    RandomShorterSide,
    RandomStretch,
)
from blobnet.sources.augmentation.refusals import refuse_settings
from blobnet.sources.augmentation.resizing import Resizing
from blobnet.sources.augmentation.settings import check_colors, check_probabilities, drawn
from blobnet.types import Array, Shape


class _Change(Protocol):
    def apply(self, image: Array, rng: np.random.Generator) -> Array: ...


class ImageChanges:
    """The changes that a transform_param asks for, in their order. Raises LayerError.

    resizings  those of resize_param; one is drawn for each image, unless who calls chooses
    is_random  whether images of one size may come out in several
    """

    def __init__(self, param: TransformationParameter, phase: int) -> None:
        self._random_size = _random_size(param, phase)
        self._to_rgb = param.cvt_bgr2rgb
        self.resizings = [Resizing(each) for each in param.resize_param]
        self._noises = [Noise(each) for each in param.noise_param]
        check_probabilities(self.resizings, "resize_param")
        check_probabilities(self._noises, "noise_param")
        self.is_random = not self.resizings and (
            self._random_size.varies
            if isinstance(self._random_size, ClassificationChanges)
            else self._random_size is not None
        )
        if self.is_random and not (param.crop_size or (param.crop_h and param.crop_w)):
            raise LayerError(
                explain("images in random sizes need a crop", fix="transform_param { crop_size }")
            )

    def __bool__(self) -> bool:
        return bool(self._to_rgb or self._random_size or self.resizings or self._noises)

    def size_of(self, shape: Shape, choice: int | None = None) -> Shape | None:
        """The shape of a record of this shape; None where it is random."""
        if self.is_random:
            return None
        channels, rows, columns = shape
        chosen = self.resizings if choice is None else self.resizings[choice : choice + 1]
        sizes = {resizing.size_of(rows, columns) for resizing in chosen} or {(rows, columns)}
        return (channels, *sizes.pop()) if len(sizes) == 1 else None

    def apply(self, image: Array, rng: np.random.Generator, choice: int | None = None) -> Array:
        """The image after all changes; `choice` is the resizing's number, where it is known."""
        if self._to_rgb:  # MobileNet-YOLO's
            check_colors(image, "cvt_bgr2rgb")
            image = image[::-1]
        if self._random_size is not None:
            image = self._random_size.apply(image, rng)
        if self.resizings:
            number = drawn(self.resizings, rng) if choice is None else choice
            image = self.resizings[number].apply(image, rng)
        if self._noises:
            image = self._noises[drawn(self._noises, rng)].apply(image, rng)
        return image


def _random_size(param: TransformationParameter, phase: int) -> _Change | None:
    found: list[_Change] = []
    if param.HasField("random_resize_param"):
        found.append(RandomShorterSide(param.random_resize_param))
    elif param.HasField("random_aspect_ratio_param"):
        found.append(RandomAspect(param.random_aspect_ratio_param, param.crop_size))
    if any(param.HasField(name) for name in NVCAFFE_FIELDS):
        found.append(RandomStretch(param))
    if param.enable_classf_aug:
        found.append(ClassificationChanges(param, phase))
    else:
        refuse_settings(param, FIELDS, "that takes `enable_classf_aug: true`")
    if len(found) > 1:
        raise LayerError(
            explain("transform_param draws a size by the rules of two forks", fix="keep one")
        )
    return found[0] if found else None
