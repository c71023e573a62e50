"""VOCSegDataLayer and SBDDSegDataLayer of FCN: images of PASCAL VOC with a label for each pixel.

Caffe: voc_layers.py of FCN (shelhamer/fcn.berkeleyvision.org).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from blobnet.python_layers._segmentation_data import SegmentationData, bgr, matrix, mean_of, stored
from blobnet.types import Array


class VOCSegDataLayer(SegmentationData):
    """Images and labels of a PASCAL VOC folder, one at a time.

    top[0]  data: (1, 3, H, W)     blue first, less the mean
    top[1]  label: (1, 1, H, W)    0 background, 1 to 20, 255 void

    param_str, a dict: voc_dir, of which JPEGImages, SegmentationClass and
    ImageSets/Segmentation/{split}.txt are read; split; mean (three numbers); randomize, seed: see
    `_segmentation_data.py`. Needs the extra `image`.
    """

    settings_known = ("voc_dir", "mean")

    def prepare(self, settings: Mapping[str, Any]) -> Path:
        self._folder = self.folder(settings, "voc_dir")
        self._mean = mean_of(settings, self)
        return self._folder / "ImageSets" / "Segmentation" / f"{self.split}.txt"

    def load(self, name: str) -> Sequence[Array]:
        labels = stored(self._folder / "SegmentationClass" / f"{name}.png")
        return bgr(self._folder / "JPEGImages" / f"{name}.jpg", self._mean), labels[None]


class SBDDSegDataLayer(SegmentationData):
    """Images and labels of SBDD, which has more of PASCAL VOC's images, one at a time.

    top[0]  data: (1, 3, H, W)     blue first, less the mean
    top[1]  label: (1, 1, H, W)    0 background, 1 to 20

    param_str, a dict: sbdd_dir, SBDD's folder `dataset`, of which img, cls and {split}.txt are
    read; split; mean (three numbers); randomize, seed: see `_segmentation_data.py`. Needs the
    extra `image`.
    """

    settings_known = ("sbdd_dir", "mean")

    def prepare(self, settings: Mapping[str, Any]) -> Path:
        self._folder = self.folder(settings, "sbdd_dir")
        self._mean = mean_of(settings, self)
        return self._folder / f"{self.split}.txt"

    def load(self, name: str) -> Sequence[Array]:
        labels = matrix(self._folder / "cls" / f"{name}.mat", "GTcls.Segmentation")
        return bgr(self._folder / "img" / f"{name}.jpg", self._mean), labels[None]
