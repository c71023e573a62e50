"""ClusterDetections and ClusterGroundtruth of DetectNet: from a grid to lists of boxes.

Caffe: python/caffe/layers/detectnet/clustering.py of NVCaffe (NVIDIA/caffe).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.loggers import named_logger
from blobnet.python_layers._checks import without_gradient, wrong
from blobnet.python_layers.caffe.layers.detectnet._groups import group_rectangles
from blobnet.types import Array

MAX_BOXES = 50
_LARGEST = 2**30  # pixels

_log = named_logger("blobnet.layers.python")


class Clusters(PythonLayer):
    """What both have in common: places of the grid that are covered, and their boxes."""

    settings: tuple[str, ...] = ()

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._read_settings()
        self._width, self._height, self._stride = (int(value) for value in self._values[:3])
        if min(self._width, self._height) < self._stride or self._stride < 1:
            got = self.param_str
            raise wrong(self, "param_str", expected="an image larger than its stride", got=got)
        classes = int(self._values[-1])
        if len(bottom) != 2 or len(top) != classes:
            expected = f"2 bottoms, and {classes} tops, as there are classes"
            raise wrong(
                self, "numbers of blobs", expected=expected, got=f"{len(bottom)}, {len(top)}"
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        coverage, boxes = bottom[0].shape, bottom[1].shape
        is_right = len(coverage) == len(boxes) == 4 and coverage[:2] == (boxes[0], len(top))
        if not is_right or boxes[1] < 4 or coverage[2:] != boxes[2:]:
            expected = f"(N, {len(top)}, rows, columns) and (N, 4, rows, columns)"
            got = f"shapes {coverage} and {boxes}"
            raise wrong(self, "the bottoms are no grid", expected=expected, got=got)
        for blob in top:
            blob.reshape(coverage[0], MAX_BOXES, 5)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        for index, blob in enumerate(top):
            blob.data[...] = 0
            for image, rows in enumerate(blob.data):
                found = self._listed(bottom[0].data[image, index], bottom[1].data[image])
                if len(found) > MAX_BOXES:
                    _log.warning(
                        '%s layer "%s": of %d boxes the first %d are kept',
                        *(self.type, self.layer_param.name, len(found), MAX_BOXES),
                    )
                found = found[:MAX_BOXES].astype(np.float16)
                rows[: len(found), : found.shape[1]] = found

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

    def _listed(self, coverage: Array, boxes: Array) -> Array:
        """The boxes of one class in one image, a row each."""
        raise NotImplementedError

    def _boxes_at(self, covered: Array, boxes: Array) -> Array:
        """(n, 4) of the places that are covered, row by row: what they say, from where they are."""
        rows, columns = self._height // self._stride, self._width // self._stride
        y, x = np.nonzero(covered[:rows, :columns])
        tall, wide = self._height / rows, self._width / columns
        places = np.stack([x * wide, y * tall, x * wide, y * tall], axis=1)
        found: Array = boxes[:4, y, x].T + places
        return found

    def _read_settings(self) -> None:
        """Numbers with commas between them; the last, the number of classes, may be left out."""
        names = self.settings
        try:
            values = [float(part) for part in self.param_str.split(",")]
            if len(values) == len(names) - 1:
                values.append(1)
            whole = (
                value == int(value)
                for name, value in zip(names, values, strict=True)
                if not name.startswith("gridbox_cvg") and not name.endswith("eps")
            )
            if not all(whole) or values[-1] < 1 or max(values) > _LARGEST:
                raise ValueError("no such number")
        except (ValueError, OverflowError) as error:
            raise wrong(
                self, "param_str", expected=",".join(names), got=f'"{self.param_str}" ({error})'
            ) from error
        self._values = values


class ClusterGroundtruth(Clusters):
    """The boxes that a grid of labels has, each once.

    bottom[0]  coverage: (N, classes, rows, columns)   above 0 where there is an object
    bottom[1]  boxes: (N, 4, rows, columns)   x1, y1, x2, y2, from the place's upper left corner
    top[i]     of class i: (N, 50, 5)         x1, y1, x2, y2 in the image, 0; then rows of 0

    In the order of the grid, rounded to half precision as in NVCaffe. Of more than 50, where
    NVCaffe ends, the first 50 are kept. There is no gradient.

    param_str: "image width, image height, stride, classes (1)".
    """

    settings = ("image_size_x", "image_size_y", "stride", "num_classes")

    def _listed(self, coverage: Array, boxes: Array) -> Array:
        found = self._boxes_at(coverage > 0, boxes)
        _, first = np.unique(found, axis=0, return_index=True)
        return found[np.sort(first)]


class ClusterDetections(Clusters):
    """The boxes that a grid of results has: those that are nearly the same are one.

    bottom[0]  coverage: (N, classes, rows, columns)   gridbox_cvg_threshold and more: an object
    bottom[1]  boxes: (N, 4, rows, columns)   x1, y1, x2, y2, from the place's upper left corner
    top[i]     of class i: (N, 50, 5)         x1, y1, x2, y2 in the image, log(places); then
                                              rows of 0

    Boxes, cut to whole pixels, are grouped as cv::groupRectangles does it: gridbox_rect_threshold
    and gridbox_rect_eps. Groups below min_height are dropped. Rounded to half precision as in
    NVCaffe. Of more than 50, where NVCaffe ends, the first 50 are kept. There is no gradient.

    param_str: "image width, image height, stride, gridbox_cvg_threshold, gridbox_rect_threshold,
    gridbox_rect_eps, min_height, classes (1)".
    """

    settings = (
        *("image_size_x", "image_size_y", "stride", "gridbox_cvg_threshold"),
        *("gridbox_rect_threshold", "gridbox_rect_eps", "min_height", "num_classes"),
    )

    def _listed(self, coverage: Array, boxes: Array) -> Array:
        least_coverage, threshold, eps, least_height = self._values[3:7]
        found = self._boxes_at(coverage >= least_coverage, boxes).astype(np.float64)
        if not found.any():  # as NVCaffe: nothing, or boxes of nothing at the corner
            return np.zeros((0, 5))
        found[:, 2:] -= found[:, :2]
        found = np.where(np.abs(found) < _LARGEST, found, 0)
        grouped, counts = group_rectangles(found.astype(np.int64), int(threshold), eps)
        tall = grouped[:, 3] >= least_height
        grouped, counts = grouped[tall], counts[tall]
        ends = grouped[:, :2] + grouped[:, 2:]
        made: Array = np.concatenate([grouped[:, :2], ends, np.log(counts)[:, None]], axis=1)
        return made
