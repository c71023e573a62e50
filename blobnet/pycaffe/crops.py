"""Ten views of an image: its corners and its centre, each mirrored as well. Caffe: io.py."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.errors import explain
from blobnet.pycaffe.input_errors import InputError
from blobnet.types import Array

CROPS = 10
"""What `oversample` makes of an image."""


def oversample(images: Sequence[Array] | Array, crop_dims: Sequence[int] | Array) -> Array:
    """Ten crops of every image: (10 * N, height, width, channels), float32.

    images     N of one shape, (rows, columns, channels)
    crop_dims  (height, width) of the crops

    In their order: top left, top right, bottom left, bottom right, centre; then the same mirrored.
    Raises ValueError where the crops do not fit the images.
    """
    height, width = (int(size) for size in crop_dims)
    rows, columns, channels = images[0].shape
    if not (1 <= height <= rows and 1 <= width <= columns):
        raise InputError(
            explain(
                "crops do not fit into the images",
                expected=f"at most {rows} x {columns}, the size of the images",
                got=f"{height} x {width}",
            )
        )
    corners = [(top, left) for top in (0, rows - height) for left in (0, columns - width)]
    places = [*corners, centre_crop((rows, columns), (height, width))]
    crops = np.empty((len(images), 2, len(places), height, width, channels), np.float32)
    for number, image in enumerate(images):
        for place, (top, left) in enumerate(places):
            crops[number, 0, place] = image[top : top + height, left : left + width]
        crops[number, 1] = crops[number, 0, :, :, ::-1]
    return crops.reshape(-1, height, width, channels)


def centre_crop(
    image_dims: Sequence[int] | Array, crop_dims: Sequence[int] | Array
) -> tuple[int, int]:
    """Where the crop in the middle begins: (top, left); what is odd goes to the end."""
    top, left = (
        int(int(size) / 2.0 - int(crop) / 2.0)
        for size, crop in zip(image_dims, crop_dims, strict=True)
    )
    return top, left
