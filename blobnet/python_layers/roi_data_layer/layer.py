"""RoIDataLayer of Fast R-CNN: images with the boxes of their objects, from a list of Python's.

    from blobnet.python_layers.roi_data_layer.roidb import voc_roidb
    solver.net.layers[0].set_roidb(voc_roidb("VOCdevkit/VOC2007", "trainval", flipped=True))

Caffe: roi_data_layer/layer.py and minibatch.py of Fast R-CNN (rbgirshick/fast-rcnn) and Faster
R-CNN (rbgirshick/py-faster-rcnn).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.loggers import named_logger
from blobnet.python_layers._checks import check_count, naming, who, wrong
from blobnet.python_layers._param_str import settings_of, whole
from blobnet.python_layers._sampling import box_targets, check_classes, drawn
from blobnet.python_layers.fast_rcnn.config import cfg, changed
from blobnet.python_layers.roi_data_layer._clips import ClipDataLayer
from blobnet.python_layers.roi_data_layer._entries import Entry, Roidb, entries_of, entry_of
from blobnet.python_layers.roi_data_layer._images import (
    batch_of,
    multiple,
    scale_for,
    scaled,
)
from blobnet.python_layers.roi_data_layer._in_rounds import InRounds
from blobnet.python_layers.roi_data_layer._ohem import OHEMDataLayer as OHEMDataLayer
from blobnet.python_layers.roi_data_layer._order import Order
from blobnet.types import Array

_log = named_logger("blobnet.layers.python")

_WHO = "RoIDataLayer"


class RoIDataLayer(InRounds):
    """Images in any order, each scaled so that its shorter side has one of SCALES pixels.

    top[0]  data: (N, 3, H, W)       blue first, less the mean; its longer side at most MAX_SIZE;
                                     then zeros up to a multiple of IMAGE_STRIDE, if that is not 0

    With an RPN, 3 tops, one image at a time:

    top[1]  im_info: (1, 3)          height and width of data, and how many times the image that is
    top[2]  gt_boxes: (G, 5)         x1, y1, x2, y2 in data, label; where the roidb has them then
                                     16 attributes, and G relations

    Without one (Fast R-CNN), 3, 5 or 6 tops; the second is called `rois`, or there are more than 3:

    top[1]  rois: (R, 5, 1, 1)       number of the image, then the box in data
    top[2]  labels: (R, 1, 1, 1)     0 for no object
    top[3]  bbox_targets: (R, 4K, 1, 1)
    top[4]  bbox_inside_weights: (R, 4K, 1, 1)    bbox_loss_weights, if there are 5 tops
    top[5]  bbox_outside_weights: (R, 4K, 1, 1)   1 where the others count, else 0

    `set_roidb(roidb)` gives the images: see `roi_data_layer/roidb.py`. All are drawn, then all
    again; as in py-faster-rcnn, those that would be the last IMS_PER_BATCH of a round are left out
    of it. With ASPECT_GROUPING tall images come beside tall ones, wide beside wide ones. The place
    in the round is part of snapshots. Without a roidb a net for TRAIN says what is missing; one for
    TEST gets one image of noise, so that it can be timed and looked at.

    param_str: num_classes, with that of no object (K), and the settings of `fast_rcnn/config.py`,
    of which AGNOSTIC makes K 2. `cfg.PIXEL_MEANS` is the mean.

    With 2 tops it is R-C3D's, a ClipDataLayer.
    """

    def __new__(cls, layer_param: Any) -> Any:
        if cls is RoIDataLayer and len(layer_param.top) == 2:
            return ClipDataLayer(layer_param)
        return object.__new__(cls)

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, (3, 5, 6))
        settings = settings_of(self.param_str, _WHO)
        self._classes = whole(settings, "num_classes", _WHO, least=2, default=0)
        check_classes(self._classes, _WHO)
        self._settings = changed(cfg.TRAIN, settings, ("num_classes",), _WHO)
        self._means = cfg.PIXEL_MEANS
        self._has_rpn = len(top) == 3 and list(self.layer_param.top[1:2]) != ["rois"]
        self._images = 1 if self._has_rpn else self._settings.IMS_PER_BATCH
        self._begin(top)
        if self._has_rpn:
            top[1].reshape(1, 3)
            top[2].reshape(1, 5)
        else:
            self._reshape_regions(top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: each image brings its size along."""

    def _begin(self, top: Blobs) -> None:
        """Without images: the first top is as large as it may become."""
        if self._images < 1 or min(self._settings.SCALES) < 1 or self._settings.MAX_SIZE < 1:
            got = f"{self._images}, {self._settings.SCALES}, {self._settings.MAX_SIZE}"
            expected = "at least 1"
            raise wrong(self, "IMS_PER_BATCH, SCALES and MAX_SIZE", expected=expected, got=got)
        self._entries: list[Entry] = []
        self._noise: Entry | None = None
        self._order = Order(self._images, self._settings.ASPECT_GROUPING, self.rng)
        longest = self._settings.MAX_SIZE
        side = int(min(longest, max(self._settings.SCALES)))
        height, width = (multiple(n, self._settings.IMAGE_STRIDE) for n in (side, longest))
        top[0].reshape(self._images, 3, height, width)

    def set_roidb(self, roidb: Roidb) -> None:
        """Take images from this list of dicts from now on: see `roi_data_layer/roidb.py`.

        A place that a snapshot has restored is kept. Raises LayerError for what is no roidb.
        """
        with naming(self):
            self._entries = entries_of(roidb)
        self._order.begin([entry.width >= entry.height for entry in self._entries])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        with naming(self):
            chosen = self._chosen()
            scales, images = [], []
            for entry in chosen:
                pixels = entry.pixels()
                target = self._settings.SCALES[self.rng.integers(len(self._settings.SCALES))]
                height, width = pixels.shape[:2]
                scale = scale_for(height, width, target, self._settings.MAX_SIZE)
                images.append(scaled(pixels, self._means, scale))
                scales.append(scale)
            batch = batch_of(images, self._settings.IMAGE_STRIDE)
            top[0].reshape(*batch.shape)
            top[0].data[...] = batch
            if self._has_rpn:
                self._write_truth(chosen[0], scales[0], top)
            else:
                self._write_regions(chosen, scales, top)

    def _chosen(self) -> list[Entry]:
        """The images of the next batch."""
        if self._entries:
            return [self._entries[index] for index in self._order.next()]
        if str(self.phase) == "TRAIN":
            raise wrong(
                self,
                "there are no images",
                expected="a roidb: a list of dicts with image, boxes and gt_classes",
                fix=f"net.layers[i].set_roidb(roidb), where net.layers[i] is "
                f'"{self.layer_param.name}"; blobnet.python_layers.roi_data_layer.roidb makes one '
                "from lists or from a folder of PASCAL VOC",
            )
        if self._noise is None:
            _log.warning(
                '%s layer "%s" has no roidb: it gives one image of noise',
                *(self.type, self.layer_param.name),
            )
            self._noise = _noise(min(self._settings.SCALES), self._settings.MAX_SIZE)
        return [self._noise] * self._images

    def _write_truth(self, entry: Entry, scale: float, top: Blobs) -> None:
        truth = entry.truth(scale)
        top[1].reshape(1, 3)
        top[1].data[0] = (*top[0].shape[2:], scale)
        top[2].reshape(*truth.shape)
        top[2].data[...] = truth

    def _write_regions(self, entries: list[Entry], scales: list[float], top: Blobs) -> None:
        size = -1 if self._settings.USE_OHEM else self._settings.BATCH_SIZE
        if size >= 0 and size % len(entries):
            expected = f"BATCH_SIZE a multiple of {len(entries)}, the images of a batch"
            raise wrong(self, "regions for each image", expected=expected, got=size)
        its_size = size // len(entries) if size >= 0 else -1
        parts: list[list[Array]] = [[], [], [], []]
        for number, (entry, scale) in enumerate(zip(entries, scales, strict=True)):
            regions, labels, targets = self._drawn(entry, its_size)
            in_image = np.full((len(regions), 1), number)
            found = box_targets(
                targets[:, 0], targets[:, 1:], self._kinds(), self._settings, who(self)
            )
            rows = np.concatenate([in_image, regions * scale], axis=1)
            for part, values in zip(parts, (rows, labels[:, None], *found), strict=True):
                part.append(values)
        both = [np.concatenate(part) for part in parts]
        self._reshape_regions(top, len(both[0]))
        for blob, values in zip(top[1:], (*both, both[3] > 0), strict=False):
            blob.data[:, :, 0, 0] = values

    def _drawn(self, entry: Entry, size: int) -> tuple[Array, Array, Array]:
        """Regions of an image, their labels, their targets."""
        lowest = self._settings.BG_THRESH_LO
        lowest = 0.1 if lowest is None else lowest
        chosen, objects = drawn(entry.most, self._settings, size, lowest, self.rng)
        labels = entry.classes[chosen]
        labels[objects:] = 0
        targets = entry.regression_targets(self._settings)
        return entry.boxes[chosen], labels, targets[chosen]

    def _kinds(self) -> int:
        return 2 if self._settings.AGNOSTIC else self._classes

    def _reshape_regions(self, top: Blobs, count: int) -> None:
        for blob, channels in zip(top[1:], (5, 1, *[4 * self._kinds()] * 3), strict=False):
            blob.reshape(count, channels, 1, 1)


def _noise(shorter: float, longest: float) -> Entry:
    """An image of noise with an object and two other boxes, always the same."""
    height = int(min(longest, shorter))
    width = int(min(longest, np.ceil(height * 4 / 3)))
    pixels = np.random.default_rng(0).integers(256, size=(height, width, 3), dtype=np.uint8)
    right, below = width - 1, height - 1
    object_ = (width // 4, height // 4, width // 2, height // 2)
    others = (0, 0, right, below), (0, 0, right // 2, below // 2)
    return entry_of({"image": pixels, "boxes": (object_, *others), "gt_classes": (1, 0, 0)})
