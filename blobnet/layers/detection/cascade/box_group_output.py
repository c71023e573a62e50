"""BoxGroupOutput: the proposals of Cascade R-CNN, of several anchors in several maps."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.detection.cascade._box_codes import (
    Anchors,
    read_anchors,
    read_bounds,
    read_normalization,
)
from blobnet.layers.detection.cascade._chooser import Chooser
from blobnet.layers.detection.cascade._proposals import propose_all, read_limits, write_proposals
from blobnet.types import Array


@register_layer("BoxGroupOutput")
class BoxGroupOutput(Chooser):
    """Regions that may hold objects: the best of all anchors, without those that overlap much.

    bottom[i]  prob: (N * G, C, H, W)    for even i; the first class is the background
    bottom[i]  deltas: (N * G, 4, H, W)  behind it; x, y, width and height by `bbox_reg_param`
    top[0]     rois: (R, 5, 1, 1)        [image, x1, y1, x2, y2]
    top[1]     proposals: (R, 6, 1, 1)   the same, and the score; optional

    Each pair of bottoms has a `box_group_param`: the sides field_w and field_h of G anchors, every
    `stride` pixels; an image's maps follow one another. A score is 1 less the background's
    probability. Distances are cut to 1 / field_xyr and to log(field_whr), either way, boxes to the
    image. Those below `fg_thr`, or with a side below `min_size`, do not count. Of equal scores the
    first is better. Of an image `max_nms_num` go through non-maximum suppression by `nms_type`:
    IOU, IOFU (of the better box's area) or IOMU (of the smaller's); `max_post_nms_num` come out.

    Where there is none at all, rois are (0, 1, 1, 10, 10) and proposals six times 0.

    Proto: BoxGroupOutputParameter, BBoxRegParameter.
    Caffe: box_group_output_layer.cpp of Cascade R-CNN (zhaoweicai/cascade-rcnn).
    """

    formula = "rois = the boxes of best score that do not overlap much"

    min_bottom_blobs = 1
    min_top_blobs = 1
    max_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.box_group_output_param
        if len(bottom) != 2 * len(param.box_group_param):
            raise self.error(
                "two bottoms for each box_group_param: probabilities and deltas",
                expected=f"{2 * len(param.box_group_param)} bottoms",
                got=len(bottom),
            )
        self._groups = [
            read_anchors(self, list(group.field_w), list(group.field_h), group.stride, "stride")
            for group in param.box_group_param
        ]
        self._normalization = read_normalization(self)
        self._bounds = read_bounds(self, param.field_xyr, param.field_whr)
        self._limits = read_limits(self, param, border=1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for i, anchors in enumerate(self._groups):
            prob, deltas, group = bottom[2 * i], bottom[2 * i + 1], len(anchors.width)
            if prob.num_axes != 4 or not prob.shape[1] or prob.shape[0] % group:
                raise self.error(
                    "there is no map for each anchor",
                    expected=f"(N * {group}, C, H, W)",
                    got=f"bottom[{2 * i}] of shape {prob.shape}",
                )
            if deltas.shape != (prob.shape[0], 4, *prob.shape[2:]):
                raise self.error(
                    "four deltas at each place of the probabilities",
                    expected=f"({prob.shape[0]}, 4, {prob.shape[2]}, {prob.shape[3]})",
                    got=f"bottom[{2 * i + 1}] of shape {deltas.shape}",
                )
            self._num = bottom[0].shape[0] // len(self._groups[0].width)
            if prob.shape[0] // group != self._num or prob.shape[1] != bottom[0].shape[1]:
                raise self.error(
                    "all maps are of the same images and classes",
                    expected=f"{self._num} images, {bottom[0].shape[1]} classes",
                    got=f"bottom[{2 * i}] of shape {prob.shape}, {group} for each image",
                )
        self.give_first_shapes(top, (1, 5, 1, 1), (1, 6, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        parts = [
            self._read(prob.data, deltas.data, anchors)
            for prob, deltas, anchors in zip(bottom[::2], bottom[1::2], self._groups, strict=True)
        ]
        boxes, scores = (np.concatenate(its, axis=1) for its in zip(*parts, strict=True))
        write_proposals(top, propose_all(boxes, scores, self._limits, last_is_best=False))

    def _read(self, prob: Array, deltas: Array, anchors: Anchors) -> tuple[Array, Array]:
        """Corners (N, G * H * W, 4) and scores (N, G * H * W) of a pair of maps."""
        one = prob.dtype.type(1)
        height, width = prob.shape[2:]
        places = len(anchors.width) * height * width
        deltas = self._bounds.cut(self._normalization.undone(deltas, 1), 1)
        boxes = np.moveaxis(anchors.decoded(deltas), 1, 3).reshape(self._num, places, 4)
        first = boxes[..., :2] - boxes[..., 2:] / 2
        last = first + boxes[..., 2:] - one
        size = np.array([width, height], prob.dtype) * prob.dtype.type(anchors.stride)
        corners = np.concatenate([np.maximum(first, 0), np.minimum(last, size)], axis=2)
        return corners, (one - prob[:, 0]).reshape(self._num, places)
