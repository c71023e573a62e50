"""MaskLayer of MNC: masks that a net has drawn, and whether they meet their objects.

Dai et al., CVPR 2016.  Caffe: pylayer/mask_layer.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, naming, rows_of, without_gradient, wrong
from blobnet.python_layers.pylayer._masks import mask_overlap, resized, size_of
from blobnet.python_layers.pylayer._targets import Settings, whole_box
from blobnet.types import Array, IntArray


class MaskLayer(PythonLayer):
    """Rows of S * S pixels as masks; in training with a label for each.

    bottom[0]  masks: (R, S * S)        from 0 to 1
    top[0]     masks: (R, 1, S, S)      the same

    In training:

    bottom[1]  gt_masks: (G, h, w)      of the objects, each fills its box
    bottom[2]  gt_masks_info: (n, 12)   n >= R; of each mask: object, rows and columns of its mask,
                                        label, region, box of the object; the first -1: no object
    top[1]     labels: (n, 1)           of the object, if a mask, as large as its region and cut at
                                        BINARIZE_THRESH, has FG_SEG_THRESH of what both have; else 0

    Gradient: that of a mask whose label is not 0, and 0 for the others.

    param_str: the settings of `mnc_config.py`.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        count = (3, 2) if str(self.phase) == "TRAIN" else (1, 1)
        check_count(self, bottom, count[0], top, count[1])
        self._settings = Settings.of(self, (), 1)
        self._is_object: Array = np.zeros(0, bool)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count, pixels = bottom[0].shape[0], bottom[0].count // max(1, bottom[0].shape[0])
        side = int(np.sqrt(pixels))
        if side * side != pixels:
            got = f"shape {bottom[0].shape}"
            raise wrong(self, "bottom[0] has no masks", expected="(R, S * S)", got=got)
        top[0].reshape(count, 1, side, side)
        if len(top) > 1:
            top[1].reshape(bottom[2].shape[0], 1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = bottom[0].data.reshape(top[0].shape)
        if len(top) > 1:
            infos = rows_of(self, bottom[2], 12)
            if len(infos) < top[0].shape[0]:
                expected, got = f"{top[0].shape[0]} rows, as there are masks", len(infos)
                raise wrong(self, "gt_masks_info is too short", expected=expected, got=got)
            top[1].data[...] = 0
            for row, mask in enumerate(top[0].data[:, 0]):
                top[1].data[row, 0] = self._label(mask, infos[row], bottom[1])
            self._is_object = top[1].data[: top[0].shape[0], 0] > 0

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        if propagate_down[0]:
            its = np.flatnonzero(self._is_object)
            diff = bottom[0].diff.reshape(bottom[0].shape[0], -1)
            diff[its] = top[0].diff[its].reshape(len(its), diff.shape[1])

    def _label(self, mask: Array, info: Array, truth: Blob) -> float:
        if info[0] == -1:
            return 0
        region, box = whole_box(self, info[4:8]), whole_box(self, info[8:12])
        with naming(self):
            drawn = resized(mask, *size_of(region)) >= np.float32(self._settings.least)
        its = self._truth(info[:3], truth)
        share = mask_overlap(region, box, drawn, its)
        return float(info[3]) if share >= self._settings.train.FG_SEG_THRESH else 0

    def _truth(self, info: Array, truth: Blob) -> Array:
        """The mask of an object."""
        shape = truth.shape
        index: IntArray = whole_box(self, info)
        if len(shape) != 3 or not 0 <= index[0] < shape[0] or index.min() < 0:
            expected = "one of gt_masks (G, height, width)"
            got = f"object {index[0]} of shape {shape}"
            raise wrong(self, "gt_masks_info names no mask", expected=expected, got=got)
        found: Array = truth.data[index[0], : index[1], : index[2]]
        return found > 0
