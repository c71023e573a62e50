"""Images for Faster R-CNN, one at a time, with the boxes in them. For FrcnnRoiData, FrcnnVidData.

Caffe: frcnn_roi_data_layer.cpp and frcnn_vid_data_layer.cpp of D-X-Y/caffe-faster-rcnn.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.ops.images.resize_floats import resize_floats
from blobnet.sources.batches import empty
from blobnet.sources.objects.object_file import ObjectFile
from blobnet.sources.objects.rounds import Order, RoundBatches
from blobnet.sources.window_batches import WindowImages
from blobnet.types import Array, DType


class RoiImages(NamedTuple):
    """How images are shown.

    scales      what the shorter side may be scaled to, in pixels; one is drawn
    max_size    what the longer side is at most
    means       of blue, green and red
    mirror      whether half of all images are turned round, left to right
    is_of_film  boxes may reach beyond an image, and are cut before scaling where it is turned round
    """

    scales: tuple[float, ...]
    max_size: float
    means: tuple[float, ...]
    mirror: bool
    is_of_film: bool


class DrawnFrame:
    """A film is drawn, then one of its frames: every round is one of a single frame."""

    def __init__(self, frames: list[int]) -> None:
        self._ends = np.cumsum(frames)
        self._frames = frames

    def __call__(self, rng: np.random.Generator) -> list[int]:
        film = int(rng.integers(len(self._frames)))
        return [int(self._ends[film] - 1 - rng.integers(self._frames[film]))]


class RoiBatches(RoundBatches):
    """Batches of data (1, 3, H, W), im_info (1, 3, 1, 1) and boxes with their labels (G, 5, 1, 1).

    Objects that are difficult are left out.
    """

    def __init__(
        self,
        file: ObjectFile,
        images: WindowImages,
        settings: RoiImages,
        order: Order,
        rng: np.random.Generator,
        *,
        dtype: DType,
    ) -> None:
        self._file, self._images, self._settings = file, images, settings
        self._dtype = dtype
        super().__init__(order, rng, 1)

    def read(self) -> list[Array]:
        index = self._advance()
        pixels = self._images.decode(index)
        size = pixels.shape[1:]
        stated = self._file.sizes[index]
        if stated not in ((0, 0), size):
            where = f"{self._file.name}, image # {index}"
            raise DataError(
                explain(f"{where}: another height or width", expected=f"{stated}", got=f"{size}")
            )
        objects = self._file.objects[index]
        objects = objects[objects[:, 2] == 0]
        boxes = objects[:, 3:].astype(np.float32)
        flips = bool(self._settings.mirror and self._rng.integers(2))
        scale = self._scale(size)
        if flips or not self._settings.is_of_film:
            boxes = _within(boxes, size)
        if flips:
            pixels = pixels[:, :, ::-1]
            boxes[:, [0, 2]] = np.float32(size[1] - 1) - boxes[:, [2, 0]]
        data = self._scaled(pixels, scale)
        boxes = _within(boxes * scale, data.shape[2:])
        truth = np.column_stack([boxes, objects[:, 0]]).astype(self._dtype)
        info = np.array([*data.shape[2:], scale], self._dtype)
        return [data, info.reshape(1, 3, 1, 1), truth.reshape(-1, 5, 1, 1)]

    def _scale(self, size: tuple[int, ...]) -> Any:
        """In float32, as the fork has it."""
        scales = self._settings.scales
        target = np.float32(scales[self._rng.integers(len(scales))])
        scale = target / np.float32(min(size))
        longest, most = np.float32(max(size)), np.float32(self._settings.max_size)
        return most / longest if scale * longest > most else scale

    def _scaled(self, pixels: Array, scale: float) -> Array:
        values = pixels.transpose(1, 2, 0).astype(np.float32)
        values -= np.array(self._settings.means, np.float32)
        height, width = (max(1, int(np.rint(side * float(scale)))) for side in pixels.shape[1:])
        data = empty((1, 3, height, width), self._dtype)
        data[0] = resize_floats(values, height, width, float(scale)).transpose(2, 0, 1)
        return data


def _within(boxes: Array, size: tuple[int, ...]) -> Array:
    """Boxes (n, 4) cut at the edges of an image of so many rows and columns."""
    last = np.array([size[1], size[0]], np.float32) - np.float32(1)
    return np.concatenate([np.maximum(boxes[:, :2], 0), np.minimum(boxes[:, 2:], last)], axis=1)
