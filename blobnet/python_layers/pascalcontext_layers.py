"""PASCALContextSegDataLayer of FCN: images of PASCAL VOC, all of whose pixels have labels.

Caffe: pascalcontext_layers.py of FCN (shelhamer/fcn.berkeleyvision.org).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.ops.rounding import whole_numbers
from blobnet.python_layers._segmentation_data import SegmentationData, bgr, matrix
from blobnet.text_files import read_text_file
from blobnet.types import Array

_MEAN = (104.007, 116.669, 122.679)
# of the 59, the names that the list of 400 has in another form
_IN_400 = {"diningtable": "table", "bedcloth": "bedclothes", "clothes": "cloth"}
_LABELS = 2**16


class PASCALContextSegDataLayer(SegmentationData):
    """Images of VOC2010 and the labels of PASCAL-Context, one at a time.

    top[0]  data: (1, 3, H, W)     blue first, less the mean
    top[1]  label: (1, 1, H, W)    1 to 59 in the order of 59_labels.txt; 0 for all others

    param_str, a dict: voc_dir, of which VOC2010/JPEGImages and VOC2010/ImageSets/Main/{split}.txt
    are read; context_dir, of which trainval/*.mat, labels.txt and 59_labels.txt are; split;
    randomize, seed: see `_segmentation_data.py`. Needs the extra `image`.
    """

    settings_known = ("voc_dir", "context_dir")

    def prepare(self, settings: Mapping[str, Any]) -> Path:
        self._voc = self.folder(settings, "voc_dir") / "VOC2010"
        self._context = self.folder(settings, "context_dir")
        self._label_of = _translation(self._context)
        return self._voc / "ImageSets" / "Main" / f"{self.split}.txt"

    def load(self, name: str) -> Sequence[Array]:
        found = matrix(self._context / "trainval" / f"{name}.mat", "LabelMap")
        labels = self._label_of[whole_numbers(found).clip(0, _LABELS - 1)]
        return bgr(self._voc / "JPEGImages" / f"{name}.jpg", _MEAN), labels[None]


def _translation(folder: Path) -> Array:
    """The label of 59 for each of 400, which count from 1 on."""
    of_400 = {name: label for label, name in enumerate(_names(folder / "labels.txt"), 1)}
    table = np.zeros(_LABELS, np.uint8)
    for label, name in enumerate(_names(folder / "59_labels.txt"), 1):
        name = _IN_400.get(name, name)
        if name not in of_400 or label > 255:
            file = shown(folder / "labels.txt")
            raise DataError(explain(f'{file} has no label "{name}", which 59_labels.txt has'))
        table[of_400[name]] = label
    return table


def _names(path: Path) -> list[str]:
    """The names in lines such as "12: dining table", without blanks."""
    lines = [line for line in read_text_file(path, DataError).splitlines() if line.strip()]
    names = [line.partition(":")[2].replace(" ", "") for line in lines]
    if not all(names) or len(names) >= _LABELS:
        raise DataError(explain(f"{shown(path)}: no list of labels", expected='lines of "1: name"'))
    return names
