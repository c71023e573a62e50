"""FrcnnProposal: Faster R-CNN's regions, as its form in C++ makes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._anchors import placed
from blobnet.layers.detection.regions._frcnn_settings import proposals_of
from blobnet.ops.detection.box_changes import changed_by, clipped
from blobnet.ops.detection.boxes import nms
from blobnet.ops.parallel import for_each
from blobnet.proto import TRAIN
from blobnet.types import Array, IntArray

_PRODUCTS = 20
"""What a change of a box costs, in products."""


@register_layer("FrcnnProposal")
class FrcnnProposal(Layer):
    """Anchors, changed as the net says, of which the best stay that do not overlap much.

    bottom[0]  scores: (1, 2 A, H, W)  of A anchors at each place, of no object, then of an object
    bottom[1]  changes: (1, 4 A, H, W) of the centre by the sides, of the logarithms of the sides
    bottom[2]  im_info: (1, 3)         height and width of the image in pixels, its scale
    top[0]     rois: (R, 5, 1, 1)      0, then x1, y1, x2, y2; by falling score
    top[1]     scores: (R, 1, 1, 1)    optional

    Boxes are cut at the image's edges, and dropped where a side is less than min_size * scale; of
    the pre_nms_top_n best those that overlap a better one by more than nms_thresh; post_nms_top_n
    stay, which may be none. Of equal scores the last counts first.

    These numbers are those of the fork's voc_config.json, the anchors Faster R-CNN's 9, 16 pixels
    apart, unless `config` of window_data_param names a file like it, here or in the net's
    FrcnnRoiData. (There the program may name one for all layers, too. Two numbers of
    voc_config.json's anchors are slips: 100 for 199, 72 for 71. Who trained with them names that
    file.)

    Proto: WindowDataParameter.  Caffe: frcnn_proposal_layer.cpp of D-X-Y/caffe-faster-rcnn.
    """

    formula = "rois = the boxes of best score that do not overlap much"
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 3
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        config = self.layer_param_.window_data_param.config
        try:
            self._settings = proposals_of(config, is_training=self.phase == TRAIN)
        except DataError as error:
            raise DataError(f'{self.type} layer "{self.layer_param_.name}": {error}') from error
        limits = self._settings.pre_nms_top_n, self._settings.post_nms_top_n
        if min(limits) < 1:
            raise self.error("pre_nms_top_n and post_nms_top_n must be above 0", got=limits)
        for blob, columns in zip(top, (5, 1), strict=False):
            blob.reshape((1, columns, 1, 1))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        count = len(self._settings.anchors)
        shapes = [blob.shape for blob in bottom[:2]]
        size = shapes[0][2:]
        if shapes != [(1, 2 * count, *size), (1, 4 * count, *size)] or len(size) != 2:
            raise self.error(
                "scores and changes do not fit the anchors",
                expected=f"shapes (1, {2 * count}, H, W) and (1, {4 * count}, H, W)",
                got=f"{shapes[0]} and {shapes[1]}",
            )
        if bottom[2].count() < 3:
            raise self.error(
                "bottom[2] says too little of the image",
                expected="height, width and scale",
                got=f"shape {bottom[2].shape}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        count = len(self._settings.anchors)
        height, width, scale = map(float, bottom[2].data.reshape(-1)[:3])
        scores = bottom[0].data[0, count:].transpose(1, 2, 0).ravel()
        boxes = clipped(self._changed(bottom[1].data[0]), height, width)
        chosen = self._chosen(boxes, scores, self._settings.min_size * scale)
        top[0].reshape((len(chosen), 5, 1, 1))
        rows = top[0].data.reshape(-1, 5)
        rows[:, 0], rows[:, 1:] = 0, boxes[chosen]
        if len(top) > 1:
            top[1].reshape((len(chosen), 1, 1, 1))
            top[1].data.reshape(-1)[...] = scores[chosen]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down):
            raise self.error(
                "regions are chosen, not computed: there is no gradient",
                fix="write `propagate_down: false` for each bottom of this layer",
            )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def _changed(self, changes: Array) -> Array:
        """All boxes, row by row of the map (4 A, H, W)."""
        anchors = np.array(self._settings.anchors, self.dtype)
        stride = (self._settings.stride,) * 2
        boxes = placed(anchors, changes.shape[1:], stride)

        def change(row: int) -> Array:
            its = changes[:, row].T.reshape(-1, 4)
            return changed_by(boxes[row].reshape(-1, 4), its)

        rows = for_each(change, range(len(boxes)), changes.size * _PRODUCTS)
        return np.concatenate([np.zeros((0, 4), self.dtype), *rows])

    def _chosen(self, boxes: Array, scores: Array, least: float) -> IntArray:
        sides = boxes[:, 2:] - boxes[:, :2] + 1
        large = np.flatnonzero((sides >= least).all(axis=1))
        order = large[np.argsort(scores[large], kind="stable")[::-1]]
        order = order[: self._settings.pre_nms_top_n]
        most = float(np.float32(self._settings.nms_thresh))
        kept = nms(boxes[order], most, border=1, limit=self._settings.post_nms_top_n)
        chosen: IntArray = order[kept]
        return chosen
