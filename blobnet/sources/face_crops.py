"""Faces cut out of images by their points, turned and scaled at random.

Caffe: multi_label_image_data_layer.cpp of happynear/caffe-windows.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.ops.images.warping import warp_affine
from blobnet.proto import ImageDataParameter
from blobnet.types import Array

LEAST_POINTS = 5
_EYES, _MOUTH = (0, 1), (3, 4)  # the second point is the nose
_BORDER = 128.0  # of the first channel; others are 0 beside the image
_FARTHEST = 0.45  # of the size, from the middle


class FaceCrops:
    """What image_data_param makes of an image and the points in it. Raises LayerError.

    The face is the middle between the eyes, points 1 and 2; its size twice the way to the middle of
    the corners of the mouth, points 4 and 5. That middle, moved by up to `max_random_shift` pixels,
    comes to the middle of `new_width` x `new_height`, the face half as high times a random scale;
    turned by up to `max_rotate_angle` degrees, sheared by up to `max_shear_ratio`, stretched by 1
    plus or minus `max_aspect_ratio`, flipped half of the time with `face_mirror`. Points are then
    told from the middle of the new image.
    """

    def __init__(self, param: ImageDataParameter) -> None:
        self._param = param
        self._size = (param.new_height, param.new_width)
        if not all(self._size) or param.face_point_num < LEAST_POINTS:
            raise LayerError(
                explain(
                    "face_transform cannot be followed",
                    expected=f"new_height, new_width, and a face_point_num of {LEAST_POINTS} or "
                    "more: eyes, nose, corners of the mouth",
                    got=f"{param.new_height}, {param.new_width} and {param.face_point_num}",
                )
            )

    def apply(self, image: Array, labels: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """The new image, and the labels with new points. Raises DataError for a face of size 0."""
        count = self._param.face_point_num
        points = labels[: 2 * count].reshape(count, 2).astype(np.float64)
        matrix, is_flipped = self._matrix(points, rng)
        moved = points @ matrix[:, :2].T + matrix[:, 2] - self._middle()
        if is_flipped:
            for first, second in (_EYES, _MOUTH):
                moved[[first, second]] = moved[[second, first]]
        changed = labels.copy()
        changed[: 2 * count] = moved.reshape(-1)
        return self._warped(image, matrix), changed

    def is_within(self, labels: Array) -> bool:
        """Whether all points are in the inner part of the image."""
        points = labels[: 2 * self._param.face_point_num].reshape(-1, 2)
        return bool((np.abs(points) <= np.array(self._size[::-1]) * _FARTHEST).all())

    def _middle(self) -> Array:
        return np.array([self._size[1] // 2, self._size[0] // 2])

    def _matrix(self, points: Array, rng: np.random.Generator) -> tuple[Array, bool]:
        """From places x, y in the image to new ones: (2, 3)."""
        param = self._param
        face, mouth = (points[list(pair)].mean(axis=0) for pair in (_EYES, _MOUTH))
        size = 2 * math.dist(face, mouth)
        shift = param.max_random_shift
        face = face + rng.integers(-shift, shift + 1, 2)
        shear = rng.uniform(-1, 1) * param.max_shear_ratio
        most = int(param.max_rotate_angle)
        angle = math.radians(int(rng.integers(-most, most + 1)))
        scale = param.min_random_scale + rng.random() * (
            param.max_random_scale - param.min_random_scale
        )
        ratio = 1 + rng.uniform(-1, 1) * param.max_aspect_ratio
        is_flipped = bool(param.face_mirror and rng.integers(2))
        if not size > 0 or not scale > 0 or not ratio > 0:
            raise DataError(
                explain(
                    "a face cannot be cut out",
                    expected="eyes apart from the mouth, and a scale and a ratio above 0",
                    got=f"a way of {size / 2:g} pixels, scale {scale:g}, ratio {ratio:g}",
                )
            )
        across = 2 * scale * self._size[0] / (2 * size) / (1 + ratio)
        down = ratio * across
        across *= -1 if is_flipped else 1
        a, b = math.cos(angle), math.sin(angle)
        linear = np.array(
            [
                [across * a - shear * b * down, across * b + shear * a * down],
                [-b * down, a * down],
            ]
        )
        return np.column_stack([linear, self._middle() - linear @ face]), is_flipped

    def _warped(self, image: Array, matrix: Array) -> Array:
        """The image in new places; beside it there is the border."""
        border = np.zeros((len(image), 1, 1), np.float32)
        border[0] = _BORDER
        framed = np.pad(image - border, ((0, 0), (1, 1), (1, 1)))  # edges fade into the border
        linear = matrix[:, :2]
        framed_matrix = np.column_stack([linear, matrix[:, 2] - linear @ np.ones(2)])
        warped = warp_affine(framed, framed_matrix, *self._size) + border
        made: Array = np.rint(warped).clip(0, 255).astype(np.uint8)
        return made
