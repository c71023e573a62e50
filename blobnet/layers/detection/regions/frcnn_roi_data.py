"""FrcnnRoiData: images of a list with the boxes of their objects, for Faster R-CNN."""

from __future__ import annotations

from pathlib import Path

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.regions._frcnn_data import FrcnnData
from blobnet.sources.objects.orders import RANDOM, DrawnOrder
from blobnet.sources.objects.roi_file import read_roi_file


@register_layer("FrcnnRoiData")
class FrcnnRoiData(FrcnnData):
    """Images of a list, one at a time, in a drawn order.

    top[0]  data: (1, 3, H, W)        blue first, less pixel_means, at one of the `scales`
    top[1]  im_info: (1, 3, 1, 1)     height and width of data, and how many times the image that is
    top[2]  gt_boxes: (G, 5, 1, 1)    x1, y1, x2, y2 in data, label; without difficult objects

    The shorter side is scaled to the drawn scale, the longer one to at most max_size. In training
    half of all images are turned round, left to right, if use_flipped. Boxes are cut at the edges.

    `source` is the list, see `sources/objects/roi_file.py`; `root_folder` is put in front of every
    path as it stands; `cache_images` keeps all files in memory. The other numbers are those of the
    fork's voc_config.json, unless `config` names a file like it: it holds for the net's other Frcnn
    layers, too, that name none. Drawing starts from the net's seed, not from rng_seed there.

    Proto: WindowDataParameter.  Caffe: frcnn_roi_data_layer.cpp of D-X-Y/caffe-faster-rcnn.
    """

    formula = "Images at one scale, their sizes, and the boxes in them."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        source = self.source()
        with self._naming_errors():
            file = read_roi_file(Path(source))
        self.start(file, DrawnOrder(file, RANDOM), top, is_of_film=False)
