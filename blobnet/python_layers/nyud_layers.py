"""NYUDSegDataLayer of FCN: images of NYUDv2 with their depth and a label for each pixel.

Caffe: nyud_layers.py of FCN (shelhamer/fcn.berkeleyvision.org).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.ops.overflow import overflow_allowed
from blobnet.python_layers._checks import who
from blobnet.python_layers._param_str import unfit
from blobnet.python_layers._segmentation_data import (
    SegmentationData,
    bgr,
    from_one,
    matrix,
    rgb,
    stored,
)
from blobnet.types import Array

_MEAN_BGR = (116.190, 97.203, 92.318)
_MEAN_HHA = (132.431, 94.076, 118.477)
_MEAN_LOG_DEPTH = 7.844


class NYUDSegDataLayer(SegmentationData):
    """What `tops` names of the images of an NYUDv2 folder, one at a time.

    top of color  (1, 3, H, W)    data/images/img_{}.png, blue first, less the mean
    top of depth  (1, 1, H, W)    data/depth/img_{}.png, its logarithm, less the mean
    top of hha    (1, 3, H, W)    data/hha/img_{}.png, in the order of the file, less the mean
    top of label  (1, 1, H, W)    segmentation/img_{}.mat: 0 to 39, 255 void

    param_str, a dict: nyud_dir, of which {split}.txt is read, too; split; tops, a list of these
    names; randomize, seed: see `_segmentation_data.py`. Needs the extra `image`.
    """

    settings_known = ("nyud_dir", "tops")

    def prepare(self, settings: Mapping[str, Any]) -> Path:
        self._folder = self.folder(settings, "nyud_dir")
        names = settings.get("tops")
        if not isinstance(names, list | tuple) or not names or set(names) - set(_LOADERS):
            raise unfit("tops", names, f"a list of {', '.join(_LOADERS)}", who(self))
        self._names = list(names)
        self.tops = len(names)
        return self._folder / f"{self.split}.txt"

    def load(self, name: str) -> Sequence[Array]:
        return [_LOADERS[top](self._folder, name) for top in self._names]


def _color(folder: Path, name: str) -> Array:
    return bgr(folder / "data" / "images" / f"img_{name}.png", _MEAN_BGR)


def _depth(folder: Path, name: str) -> Array:
    depth = stored(folder / "data" / "depth" / f"img_{name}.png").astype(np.float32)
    with overflow_allowed():  # no depth is a depth of 0
        made: Array = np.log(depth) - np.float32(_MEAN_LOG_DEPTH)
    return made[None]


def _hha(folder: Path, name: str) -> Array:
    return rgb(folder / "data" / "hha" / f"img_{name}.png", _MEAN_HHA)


def _label(folder: Path, name: str) -> Array:
    return from_one(matrix(folder / "segmentation" / f"img_{name}.mat", "segmentation"))


_LOADERS = {"color": _color, "depth": _depth, "hha": _hha, "label": _label}
