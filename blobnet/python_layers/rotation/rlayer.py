"""RoIDataLayer of RRPN: images with turned boxes, turned themselves if they are to be.

Caffe: rotation/rlayer.py and r_minibatch.py of RRPN (mjq11302010044/RRPN).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import read_file
from blobnet.ops.images.warping import warp_affine
from blobnet.python_layers._checks import check_count, naming, wrong
from blobnet.python_layers._param_str import settings_of, whole
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.python_layers.roi_data_layer._images import batch_of, scale_for, scaled
from blobnet.python_layers.roi_data_layer._in_rounds import InRounds
from blobnet.python_layers.roi_data_layer._order import Order
from blobnet.sources.image import decode_image
from blobnet.types import Array

_WHO = "RoIDataLayer"


class TurnedEntry(NamedTuple):
    """An image, a path or (height, width, 3) bytes, blue first; its boxes (G, 5) and labels (G,).

    flipped  whether it is to be turned round, left to right; its boxes are those of after
    rotated  whether it is to be turned by a drawn angle, with its boxes
    """

    image: Any
    boxes: Array
    labels: Array
    flipped: bool
    rotated: bool

    def pixels(self) -> Array:
        """(height, width, 3) bytes. Raises DataError where the file is no image."""
        pixels = self.image
        if isinstance(pixels, str | PathLike):
            pixels = decode_image(read_file(pixels, DataError), "color").transpose(1, 2, 0)
        found: Array = pixels[:, ::-1] if self.flipped else pixels
        return found


class RoIDataLayer(InRounds):
    """Images in any order, one at a time, each scaled to one of SCALES pixels.

    top[0]  data: (1, 3, H, W)    blue first, less the mean; its longer side at most MAX_SIZE
    top[1]  im_info: (1, 3)       height and width of data, and how many times the image that is
    top[2]  gt_boxes: (G, 6)      x, y, height, width, angle in degrees against the clock, label

    `set_roidb(roidb)` gives the images: dicts with the keys of RRPN, `image` (a path, or height x
    width x 3 bytes), `boxes` (G, 5), `gt_classes`, and if they are to be, `flipped` and `rotated`.
    A rotated one is turned by a whole angle around its middle, its boxes, too, whose sides then are
    GT_MARGIN times as long. Rounds are as in `roi_data_layer.layer`; without a roidb a net for TEST
    gets a grey image with one box.

    param_str: num_classes (not read), and the settings of `fast_rcnn/config.py`.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, 3)
        settings = settings_of(self.param_str, _WHO)
        whole(settings, "num_classes", _WHO, least=0, default=0)
        self._settings = changed(cfg.TRAIN, settings, ("num_classes",), _WHO)
        self._entries: list[TurnedEntry] = []
        self._order = Order(1, False, self.rng)
        sides = max(self._settings.SCALES), self._settings.MAX_SIZE
        if min(*self._settings.SCALES, sides[1]) < 1:
            got = f"{self._settings.SCALES}, {sides[1]}"
            raise wrong(self, "SCALES and MAX_SIZE", expected="at least 1", got=got)
        top[0].reshape(1, 3, int(min(sides)), int(sides[1]))
        top[1].reshape(1, 3)
        top[2].reshape(1, 6)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: each image brings its size along."""

    def set_roidb(self, roidb: Sequence[Mapping[str, Any]]) -> None:
        """Take images from this list of dicts from now on. Raises LayerError for what is none."""
        with naming(self):
            self._entries = _entries_of(roidb)
        self._order.begin([True] * len(self._entries))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        entry = self._next()
        with naming(self):
            pixels = entry.pixels()
        boxes = entry.boxes
        if entry.rotated:
            angle = int(self.rng.random() * 360)
            boxes = turned_boxes(boxes, angle, pixels.shape[:2], self._settings.GT_MARGIN)
            pixels = turned_image(pixels, angle)
        target = self._settings.SCALES[self.rng.integers(len(self._settings.SCALES))]
        height, width = pixels.shape[:2]
        scale = scale_for(height, width, target, self._settings.MAX_SIZE)
        batch = batch_of([scaled(pixels, cfg.PIXEL_MEANS, scale)])
        top[0].reshape(*batch.shape)
        top[0].data[...] = batch
        top[1].data[0] = (*batch.shape[2:], scale)
        top[2].reshape(len(boxes), 6)
        top[2].data[:, :4], top[2].data[:, 4] = boxes[:, :4] * scale, boxes[:, 4]
        top[2].data[:, 5] = entry.labels

    def _next(self) -> TurnedEntry:
        if self._entries:
            return self._entries[self._order.next()[0]]
        if str(self.phase) == "TRAIN":
            expected = "a roidb: a list of dicts with image, boxes and gt_classes"
            fix = (
                f'net.layers[i].set_roidb(roidb), where net.layers[i] is "{self.layer_param.name}"'
            )
            raise wrong(self, "there are no images", expected=expected, fix=fix)
        grey = np.full((30, 40, 3), 128, np.uint8)
        box = np.array([[20.0, 15, 10, 20, 0]])
        return TurnedEntry(grey, box, np.ones(1), flipped=False, rotated=False)


def turned_image(pixels: Array, angle: float) -> Array:
    """(height, width, 3) bytes turned against the clock around the middle; beside it is black.

    OpenCV: cv::getRotationMatrix2D, cv::warpAffine, up to the rounding of the last bit.
    """
    height, width = pixels.shape[:2]
    x, y = width // 2, height // 2
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    matrix = np.array(
        [
            [cosine, sine, (1 - cosine) * x - sine * y],
            [-sine, cosine, sine * x + (1 - cosine) * y],
        ]
    )
    matrix[:, 2] -= matrix[:, :2].sum(axis=1)  # of an image with a pixel of black around it
    padded = np.pad(pixels.transpose(2, 0, 1).astype(np.float32), ((0, 0), (1, 1), (1, 1)))
    turned = warp_affine(padded, matrix, height, width).transpose(1, 2, 0)
    rounded: Array = np.rint(turned).astype(np.uint8)
    return rounded


def turned_boxes(boxes: Array, angle: float, size: tuple[int, ...], margin: float) -> Array:
    """Boxes (G, 5) of an image that is turned; the longer side is the width of each then."""
    center = np.array([size[1] // 2, size[0] // 2])
    cosine, sine = np.cos(np.radians(-angle)), np.sin(np.radians(-angle))
    apart = (boxes[:, :2] - center) @ np.array([[cosine, sine], [-sine, cosine]])
    height, width = boxes[:, 2], boxes[:, 3]
    is_high = width < height
    turned = boxes[:, 4] + 90 * is_high + angle
    turned -= 180 * np.maximum(np.ceil((turned - 135) / 180), 0)
    sides = np.minimum(height, width) * margin, np.maximum(height, width) * margin
    return np.column_stack([np.trunc(apart) + center, *sides, turned])


def _entries_of(roidb: Sequence[Mapping[str, Any]]) -> list[TurnedEntry]:
    """All of them, with those boxes that have a label. Raises DataError, which names the place."""
    found = []
    for index, entry in enumerate(roidb):
        try:
            boxes = np.array(entry["boxes"], np.float64).reshape(-1, 5)
            labels = np.array(entry["gt_classes"], np.float64).reshape(len(boxes))
            image = entry["image"]
            is_image = isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[2] == 3
            if not (isinstance(image, str | PathLike) or (is_image and image.size)):
                raise ValueError(f"image: {type(image).__name__}")
            if not (np.isfinite(boxes).all() and (boxes[:, 2:4] > 0).all()):
                raise ValueError("a box without height or width")
        except (KeyError, TypeError, ValueError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else str(error)
            expected = "a dict with image, boxes of 5 numbers and gt_classes"
            raise DataError(explain(f"roidb[{index}]", expected=expected, got=what)) from error
        has_label = labels != 0
        flags = bool(entry.get("flipped", False)), bool(entry.get("rotated", False))
        found.append(TurnedEntry(image, boxes[has_label], labels[has_label], *flags))
    if not found:
        raise DataError(explain("the roidb is empty", expected="one image or more"))
    return found
