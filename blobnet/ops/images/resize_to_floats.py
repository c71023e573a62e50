"""Images in another size as planes of floats, resized, ordered and scaled in one kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.ops.images.resize import Neighbours, later
from blobnet.ops.jit import compiled
from blobnet.ops.launch import Fixed, Launch, Scratch
from blobnet.types import Array

_PRODUCTS = 3  # of a value: what takes less than a millisecond is not worth another thread

_TOGETHER = 16
"""New rows that a thread makes one after the other: neighbours come from the same rows."""


class Resizing:
    """How images of one size become planes of floats: made once, and used again and again.

    shape           (rows, columns, channels) of the images, which are of bytes
    across, down    of the new columns and rows: see `neighbours`
    order           the image's channel for each plane
    means, factors  float32, one for each plane: it is resized, less the mean, times the factor

    planes          (channels, height, width) of what it makes

    It belongs to the thread that has made it, as its scratch memory does.
    """

    def __init__(
        self, kernels: Any, shape: tuple[int, int, int], across: Neighbours, down: Neighbours,
        order: Sequence[int], means: Array, factors: Array,
    ) -> None:  # fmt: skip
        columns, channels = shape[1:]
        self._row = max(columns * channels, kernels.FOUR)
        places = np.array(across[:2]) * channels
        weights = [np.array(pair[2:], np.uint16).reshape(-1) for pair in (across, down)]
        width, height = len(across[0]), len(down[0])
        has_room = (places + kernels.FOUR <= self._row).all(axis=0)
        plan = kernels.Resizing(
            self._row, width, height, int(has_room.cumprod().sum()),
            places.reshape(-1), weights[0], np.array(down[:2]).reshape(-1), weights[1],
            np.array(order, np.int64), means, factors,
        )  # fmt: skip
        self._kernel = kernels.resize_to_planes
        self._shape, self.planes = shape, (len(order), height, width)
        self._plan = Fixed(plan)
        self._mixed = Scratch("mixed rows", kernels.room_for(width), np.dtype(np.uint16))
        self._launch: Launch | None = None

    def run(self, image: Array, planes: Array) -> None:
        """Write an image, resized, into `planes`, of that many values. Raises KernelError."""
        image = self._in_one_piece(image)
        if self._launch is None or not self._launch.is_current():
            arguments = image.reshape(-1), planes.reshape(-1), self._plan, self._mixed
            products = planes.size * _PRODUCTS
            self._launch = Launch(self._kernel, self.planes[1], arguments, products, _TOGETHER)
        else:
            self._launch.look_at(image, planes)
        self._launch.run()

    def _in_one_piece(self, image: Array) -> Array:
        """With rows of at least FOUR bytes."""
        if image.size < self._row * len(image):
            narrow = image.reshape(len(image), -1)
            return np.pad(narrow, ((0, 0), (0, self._row - narrow.shape[1])))
        return np.ascontiguousarray(image)


def resizing_of(
    shape: tuple[int, int, int], across: Neighbours, down: Neighbours, order: Sequence[int],
    means: Array, factors: Array,
) -> Resizing | None:  # fmt: skip
    """See `Resizing`; None where no kernel serves, or none does so yet."""
    if later.after(shape[0] * len(across[0]) * len(order)) is None:
        return None
    kernels: Any = compiled("images.planes_kernel")
    if kernels is None:
        return None
    return Resizing(kernels, shape, across, down, order, means, factors)
