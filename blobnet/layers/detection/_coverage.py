"""DetectNet's ground truth: a grid over the image, and which object each of its cells sees.

Caffe: detectnet_coverage_rectangular.cpp of NVCaffe.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.layer import Layer
from blobnet.proto import DetectNetGroundTruthParameter
from blobnet.types import Array, Shape

_TINY = float(np.finfo(np.float32).eps)
_BEFORE_CLASSES = 8
_MOST_CLASSES = 10**4


class Coverage:
    """Fills tensors of `shape`: foreground; left, top, right and bottom of the object, from the
    cell's corner; 1 / width; 1 / height; obj_norm; then 1 for the object's class.
    """

    def __init__(self, layer: Layer, param: DetectNetGroundTruthParameter) -> None:
        self._param, self._stride = param, param.stride
        if not (param.stride and param.image_size_x and param.image_size_y):
            raise layer.error(
                "no grid can be laid over the image",
                expected="stride, image_size_x and image_size_y of 1 or more",
                got=f"{param.stride}, {param.image_size_x} and {param.image_size_y}",
            )
        self._numbers = {each.src: each.dst for each in param.object_class} or {1: 0}
        classes = max(self._numbers.values()) + 1
        if classes > _MOST_CLASSES:
            raise layer.error(
                "too many classes", expected=f"dst below {_MOST_CLASSES}", got=f"{classes - 1}"
            )
        self._rows, self._columns = (
            round(float(np.float32(size) * np.float32(1 / param.stride)))
            for size in (param.image_size_y, param.image_size_x)
        )
        self.shape: Shape = (_BEFORE_CLASSES + classes, self._rows, self._columns)

    def fill(self, tensor: Array, objects: Array) -> None:
        """Write a tensor from rows of x, y, width, height and class; what comes later covers."""
        tensor[...] = 0
        for x, y, width, height, kind in objects.tolist():
            number = self._numbers.get(int(kind))
            box = self._clipped(x, y, x + width, y + height)
            if number is not None and (box[2] - box[0]) * (box[3] - box[1]) >= _TINY:
                self._mark(tensor, box, number)

    def _clipped(self, *box: float) -> tuple[float, float, float, float]:
        left, top, right, bottom = box
        if self._param.crop_bboxes:
            left, top = max(left, 0.0), max(top, 0.0)
            right = min(right, float(self._param.image_size_x))
            bottom = min(bottom, float(self._param.image_size_y))
        return left, top, max(left, right), max(top, bottom)

    def _mark(self, tensor: Array, box: tuple[float, ...], number: int) -> None:
        stride = self._stride
        left, top, right, bottom = self._shrunk(box)
        area = (right - left) * (bottom - top)
        columns = slice(*_within(left / stride, right / stride, self._columns))
        rows = slice(*_within(top / stride, bottom / stride, self._rows))
        x = np.arange(columns.start, columns.stop) * stride
        y = np.arange(rows.start, rows.stop) * stride
        across = np.minimum(x + stride, right) - np.maximum(x, left)
        down = np.minimum(y + stride, bottom) - np.maximum(y, top)
        shares = np.maximum(down, 0)[:, None] * np.maximum(across, 0) / stride**2
        covered = shares > _TINY
        if not covered.any():
            return
        cells = tensor[:, rows, columns]
        least = 0.0 if self._param.obj_norm else 1.0
        values = [1.0, 1 / (box[2] - box[0]), 1 / (box[3] - box[1]), max(least, stride**2 / area)]
        for channel, value in zip((0, 5, 6, 7), values, strict=True):
            cells[channel][covered] = value
        for channel, side in enumerate(box, 1):
            from_corner = np.broadcast_to(
                side - (y[:, None] if channel % 2 == 0 else x), covered.shape
            )
            cells[channel][covered] = from_corner[covered]
        cells[_BEFORE_CLASSES:, covered] = 0
        cells[_BEFORE_CLASSES + number][covered] = 1

    def _shrunk(self, box: tuple[float, ...]) -> tuple[float, float, float, float]:
        """The part of an object that covers cells, around its middle."""
        param, sizes = self._param, (box[2] - box[0], box[3] - box[1])
        shrunk = [size * param.scale_cvg for size in sizes]
        if param.gridbox_type == param.GRIDBOX_MIN:
            shrunk = [
                min(size, max(float(param.min_cvg_len), each))
                for size, each in zip(sizes, shrunk, strict=True)
            ]
        else:
            shrunk = [min(float(param.max_cvg_len), each) for each in shrunk]
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        half = [abs(each) / 2 for each in shrunk]
        return (
            middle[0] - half[0],
            middle[1] - half[1],
            middle[0] + half[0],
            middle[1] + half[1],
        )


def _within(first: float, last: float, count: int) -> tuple[int, int]:
    """The whole cells around a range, of those that there are."""
    begin = min(max(math.floor(first), 0), count)
    return begin, max(begin, min(math.ceil(last), count))
