"""MNCDataLayer of MNC: an image with the boxes and masks of its objects, from lists of Python's.

    from blobnet.python_layers.pylayer.maskdb import make_maskdb
    net.layers[0].set_roidb(roidb)  # blobnet/python_layers/roi_data_layer/roidb.py makes one
    net.layers[0].set_maskdb(make_maskdb(roidb, masks))

Caffe: pylayer/mnc_data_layer.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import LayerError
from blobnet.python_layers._checks import check_count, naming, who, wrong
from blobnet.python_layers._param_str import settings_of, whole
from blobnet.python_layers._sampling import check_classes
from blobnet.python_layers.fast_rcnn.config import changed
from blobnet.python_layers.mnc_config import cfg
from blobnet.python_layers.pylayer.maskdb import masks_of
from blobnet.python_layers.roi_data_layer._entries import Entry, Roidb
from blobnet.python_layers.roi_data_layer.layer import RoIDataLayer
from blobnet.types import Array


class MNCDataLayer(RoIDataLayer):
    """Images in any order, one at a time, each scaled to one of SCALES pixels.

    top[0]  data: (1, 3, H, W)       blue first, less the mean; its longer side at most MAX_SIZE
    top[1]  im_info: (1, 3)          height and width of data, and how many times the image that is
    top[2]  gt_boxes: (G, 5)         x1, y1, x2, y2 in data, label

    With 5 tops:

    top[3]  gt_masks: (G, h, w)      0 or 1, in pixels of the image as it was; each begins at the
                                     top left of its box, then there are zeros
    top[4]  mask_info: (G, 2)        rows and columns that a mask has of (h, w)

    `set_roidb(roidb)` gives the images, `set_maskdb(maskdb)` then the masks, an item for each
    image: a dict with `gt_masks`, a list of masks as large as their boxes; see `pylayer/maskdb.py`.
    Order, and what there is without a roidb, are as in RoIDataLayer.

    param_str: num_classes, and the settings of `mnc_config.py`. `cfg.PIXEL_MEANS` is the mean.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, (3, 5))
        settings = settings_of(self.param_str, who(self))
        self._classes = whole(settings, "num_classes", who(self), least=2, default=0)
        check_classes(self._classes, who(self))
        self._settings = changed(cfg.TRAIN, settings, ("num_classes",), who(self))
        self._means = cfg.PIXEL_MEANS
        self._has_rpn, self._images = True, 1
        self._begin(top)
        top[1].reshape(1, 3)
        top[2].reshape(1, 5)
        if len(top) > 3:
            top[3].reshape(1, 1, 1)
            top[4].reshape(1, 2)

    def set_roidb(self, roidb: Roidb) -> None:
        """Take images from this list from now on. Raises LayerError for what is no roidb."""
        super().set_roidb(roidb)

    def set_maskdb(self, maskdb: Sequence[Mapping[str, Any]]) -> None:
        """Take masks for the images that `set_roidb` gave. Raises LayerError for others."""
        if not self._entries:
            raise wrong(self, "masks without images", fix="call set_roidb(roidb) first")
        with naming(self):
            found = masks_of(maskdb, self._entries)
        for entry, masks in zip(self._entries, found, strict=True):
            entry.masks = masks

    def _write_truth(self, entry: Entry, scale: float, top: Blobs) -> None:
        super()._write_truth(entry, scale, top)
        if len(top) == 3:
            return
        masks = _full_masks(entry) if entry is self._noise else entry.masks
        if masks is None:
            raise self._no_masks()
        sizes = np.array([mask.shape for mask in masks]).reshape(-1, 2)
        top[3].reshape(len(sizes), *sizes.max(axis=0, initial=1))
        top[3].data[...] = 0
        for values, mask in zip(top[3].data, masks, strict=True):
            values[: mask.shape[0], : mask.shape[1]] = mask
        top[4].reshape(*sizes.shape)
        top[4].data[...] = sizes

    def _no_masks(self) -> LayerError:
        return wrong(
            self,
            "there are no masks",
            expected="a maskdb: a list of dicts with gt_masks",
            fix="net.layers[i].set_maskdb(maskdb), where net.layers[i] is "
            f'"{self.layer_param.name}"; blobnet.python_layers.pylayer.maskdb makes one',
        )


def _full_masks(entry: Entry) -> list[Array]:
    boxes = entry.boxes[np.flatnonzero(entry.labels)].astype(np.int64)
    return [np.ones((y2 - y1 + 1, x2 - x1 + 1), bool) for x1, y1, x2, y2 in boxes]
