"""SIFTFlowSegDataLayer of FCN: outdoor scenes, with what is seen and how it lies.

Caffe: siftflow_layers.py of FCN (shelhamer/fcn.berkeleyvision.org).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.python_layers._segmentation_data import SegmentationData, bgr, from_one, matrix
from blobnet.types import Array

_MEAN = (114.578, 115.294, 108.353)
_SCENES = "spatial_envelope_256x256_static_8outdoorcategories"


class SIFTFlowSegDataLayer(SegmentationData):
    """Images of a SIFT Flow folder and both kinds of their labels, one at a time.

    top[0]  data: (1, 3, H, W)        blue first, less the mean
    top[1]  semantic: (1, 1, H, W)    0 to 32, 255 void
    top[2]  geometric: (1, 1, H, W)   0 to 2, 255 void

    param_str, a dict: siftflow_dir, of which {split}.txt and Images, SemanticLabels and GeoLabels
    of the 256 x 256 scenes are read; split; randomize, seed: see `_segmentation_data.py`. Needs the
    extra `image`.
    """

    settings_known = ("siftflow_dir",)
    tops = 3

    def prepare(self, settings: Mapping[str, Any]) -> Path:
        self._folder = self.folder(settings, "siftflow_dir")
        return self._folder / f"{self.split}.txt"

    def load(self, name: str) -> Sequence[Array]:
        semantic = matrix(self._folder / "SemanticLabels" / _SCENES / f"{name}.mat", "S")
        geometric = matrix(self._folder / "GeoLabels" / _SCENES / f"{name}.mat", "S")
        geometric = np.where(geometric == -1, 0, geometric)
        image = bgr(self._folder / "Images" / _SCENES / f"{name}.jpg", _MEAN)
        return image, from_one(semantic), from_one(geometric)
