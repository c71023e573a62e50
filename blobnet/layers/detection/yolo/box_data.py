"""BoxData: batches of images with boxes, from a database of YOLO's forks."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._database import start_datums
from blobnet.proto import TRAIN
from blobnet.sources.box_batches import BoxBatches, BoxGrid, BoxList, LabelForm

_MAX_BOXES = 30
_LIST_SIDE = 13


@register_layer("BoxData")
class BoxData(BatchLayer):
    """Records of a database whose float_data are boxes: class, difficult, x, y, width, height.

    top[0]  data: (N, C, H, W)  N = `batch_size`
    top[i]  labels: (N, side * side * 7)  of a grid (see DetectionLoss), one for each `side`
            (N, 150)  30 rows [class, x, y, width, height] (see RegionLoss); a layer may have no
            labels

    In Caffe it is the fork that tells which form labels have, and nothing in the prototxt. Here
    it is the side: lists, as in YOLO v2 and Intel's Caffe, have `side: 13` or none; any other is
    of a grid, as in YOLO's first version. Of more than 30 boxes the first are listed.

    In TRAIN, with labels, a random part of each image, 0.71 to 1 of its sides, takes the image's
    place, with the boxes whose centres are in it. A crop or mirror of `transform_param` comes
    after that and does not change boxes, as in Caffe. Reading ahead, states and `shuffle` are as
    in Data.

    Proto: DataParameter, TransformationParameter.  Caffe: box_data_layer.cpp of YOLO
    (yeahkun/caffe-yolo), YOLO v2 (gklz1982/caffe-yolov2) and Intel (intel/caffe).
    """

    formula = "Images of a database in the order of their keys, and the boxes in them."

    min_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.data_param
        forms = self._forms(len(top) - 1)
        is_cut = self.phase == TRAIN and bool(forms)
        if param.get_mirror_crop:
            raise self.error("get_mirror_crop is a setting of Data", fix="take it out")
        start_datums(self, top, param, BoxBatches, forms=forms, is_cut=is_cut)

    def _forms(self, count: int) -> list[LabelForm]:
        sides = list(self.layer_param_.data_param.side) or [_LIST_SIDE]
        if count and len(sides) != count:
            raise self.error(
                "side num not equal to top size",
                expected=f"{count} times `side`, for each label top",
                got=sides,
            )
        if not all(0 < side <= 1024 for side in sides):
            raise self.error("a side must be from 1 to 1024", got=sides)
        return [
            BoxList(_MAX_BOXES) if side == _LIST_SIDE else BoxGrid(side) for side in sides[:count]
        ]
