"""OSVOSDataLayer: pairs of an image and where its object is.

Caelles et al., CVPR 2017.  Caffe: src/parent/osvos_layer.py of kmaninis/OSVOS-caffe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.python_layers._checks import who
from blobnet.python_layers._param_str import text
from blobnet.python_layers._segmentation_data import SegmentationData, bgr
from blobnet.sources.image import opened_image
from blobnet.types import Array

_MEAN = (104.00699, 116.66877, 122.67892)


class OSVOSDataLayer(SegmentationData):
    """Images with their objects, one at a time, of the sizes that they have.

    top[0]  data: (1, 3, height, width)    blue first, less the mean
    top[1]  label: (1, 1, height, width)   the grey of an image, from 0 to 1: 1 where the object is

    param_str: pair_list, a file with lines of two paths, image and object, which begin in
    data_root_dir; randomize (True): images in random order; seed of it.
    """

    settings_known = ("data_root_dir", "pair_list")
    has_split = False

    def prepare(self, settings: Mapping[str, Any]) -> Path:
        self._root = self.folder(settings, "data_root_dir")
        return Path(text(settings, "pair_list", who(self)))

    def load(self, name: str) -> Sequence[Array]:
        paths = [self._root / word.lstrip("/") for word in name.split()]
        if len(paths) < 2:
            expected, got = "two paths: of an image, of its object", name[:80]
            raise DataError(explain("a line of pair_list", expected=expected, got=got))
        image = bgr(paths[0], _MEAN)
        with opened_image(read_file(paths[1], DataError)) as opened:
            grey = np.array(opened.convert("L"), np.float32) / 255
        if grey.shape != image.shape[1:]:
            expected, got = f"size {image.shape[1:]}, as the image has", f"size {grey.shape}"
            raise DataError(explain(f"the object {shown(paths[1])}", expected=expected, got=got))
        return image, grey[None]
