"""A net that finds things, together with its preprocessing: cv2.dnn.DetectionModel."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.dnn.errors import error
from blobnet.dnn.high_level import Model
from blobnet.errors import explain
from blobnet.layers.detection.ssd.detection_output import DetectionOutput
from blobnet.types import Array

_LARGE = 2**31 - 1


class DetectionModel(Model):
    """A net whose last layer is a DetectionOutput: SSD and its kin. OpenCV: model.cpp."""

    _across_classes = False

    def setNmsAcrossClasses(self, value: bool) -> DetectionModel:
        """Kept; it counts for Darknet's nets alone, which are not read here."""
        self._across_classes = bool(value)
        return self

    def getNmsAcrossClasses(self) -> bool:
        """What was set."""
        return self._across_classes

    def detect(
        self, frame: Array, confThreshold: float = 0.5, nmsThreshold: float = 0.0
    ) -> tuple[Any, Any, Any]:
        """(classes int32, scores float32, boxes int32) of what is found; () each for nothing.

        boxes          (n, 4): x, y, width, height, in whole pixels of the image, inside of it
        confThreshold  the smallest score
        nmsThreshold   counts for Darknet's nets alone: DetectionOutput has sorted out its boxes

        Raises error as `predict`, and for a net that ends otherwise.
        """
        outputs = self.predict(frame)
        kind = self._net.getLayer(self._net.getLayerNames()[-1]).type
        if kind != DetectionOutput.__name__:
            fix = "model.predict(frame) gives what the net puts out"
            what = f'Unknown output layer type: "{kind}"'
            raise error(explain(what, expected=DetectionOutput.__name__, fix=fix))
        rows = np.concatenate([out.reshape(-1)[: out.size // 7 * 7] for out in outputs])
        rows = rows.reshape(-1, 7)
        rows = rows[~(rows[:, 2] < np.float32(confThreshold))]
        if not len(rows):
            return (), (), ()
        height, width = np.shape(frame)[:2]
        size = self._params.size if self._asks_for_sizes() else (width, height)
        return rows[:, 1].astype(np.int32), rows[:, 2].copy(), _boxes(rows[:, 3:], size)


def _boxes(corners: Array, size: tuple[int, int]) -> Array:
    """Of corners in pixels; or, where a box would have 2 at most, in shares of the size."""
    in_pixels = _whole(corners)
    sides = in_pixels[:, 2:] - in_pixels[:, :2] + 1
    in_shares = _whole(corners * np.array([*size, *size], np.float32))
    is_small = sides.min(axis=1, keepdims=True) <= 2
    chosen = np.where(is_small, in_shares, in_pixels)
    most = np.array(size)
    start = np.clip(chosen[:, :2], 0, most - 1)
    sides = np.maximum(1, np.minimum(chosen[:, 2:] - chosen[:, :2] + 1, most - start))
    boxes: Array = np.hstack([start, sides]).astype(np.int32)
    return boxes


def _whole(values: Array) -> Array:
    """Cut to whole numbers, and to what an int holds."""
    whole: Array = np.nan_to_num(values).clip(-_LARGE, _LARGE).astype(np.int64)
    return whole
