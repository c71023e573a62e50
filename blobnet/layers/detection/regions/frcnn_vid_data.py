"""FrcnnVidData: frames of films with the boxes of their objects, for Faster R-CNN."""

from __future__ import annotations

from pathlib import Path

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.regions._frcnn_data import FrcnnData
from blobnet.sources.objects.roi_batches import DrawnFrame
from blobnet.sources.objects.roi_file import read_film_file


@register_layer("FrcnnVidData")
class FrcnnVidData(FrcnnData):
    """Frames of films, one at a time: a film is drawn, then one of its frames.

    top[0]  data: (1, 3, H, W)        blue first, less pixel_means, at one of the `scales`
    top[1]  im_info: (1, 3, 1, 1)     height and width of data, and how many times the frame that is
    top[2]  gt_boxes: (G, 5, 1, 1)    x1, y1, x2, y2 in data, label

    As FrcnnRoiData, but for the list: see `sources/objects/roi_file.py`. `root_folder` is not put
    in front of its folders, and `cache_images` keeps nothing: so it is in the fork.

    Proto: WindowDataParameter.  Caffe: frcnn_vid_data_layer.cpp of D-X-Y/caffe-faster-rcnn.
    """

    formula = "Frames at one scale, their sizes, and the boxes in them."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        source = self.source()
        with self._naming_errors():
            file, frames = read_film_file(Path(source))
        self.start(file, DrawnFrame(frames), top, is_of_film=True)
