"""BoxOutput: the proposals of MS-CNN, from several maps."""

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


@register_layer("BoxOutput")
class BoxOutput(Chooser):
    """Regions that may hold objects: the best of all maps, without those that overlap much.

    bottom[i]  (N, C + 4, H, W)  at each place scores of C classes, the first of which is the
                                 background; then x, y, width and height by `bbox_reg_param`
    top[0]     rois: (R, 5, 1, 1)       [image, x1, y1, x2, y2]
    top[1]     proposals: (R, 6, 1, 1)  the same, and the score; optional

    Each map has one anchor, field_w by field_h, every `downsample_rate` pixels. Its score is that
    of the best class less that of the background. Distances are cut to 1 / field_xyr and to
    log(field_whr), either way. Boxes begin within the image and are as long as it leaves room;
    those below `fg_thr`, or with a side below `min_size`, do not count. Of equal scores the last
    is better. Of an image `max_nms_num` go through non-maximum suppression by `nms_type`: IOU, IOFU
    (of the better box's area) or IOMU (of the smaller's); `max_post_nms_num` come out.

    Where there is none at all, rois are (0, 1, 1, 10, 10) and proposals six times 0.

    Proto: BoxOutputParameter, BBoxRegParameter.  Caffe: box_output_layer.cpp of MS-CNN
    (zhaoweicai/mscnn).
    """

    formula = "rois = the boxes of best score that do not overlap much"

    min_bottom_blobs = 1
    min_top_blobs = 1
    max_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        param = self.layer_param_.box_output_param
        sides = list(param.field_w), list(param.field_h), list(param.downsample_rate)
        if {len(values) for values in sides} != {len(bottom)}:
            raise self.error(
                "a field_w, a field_h and a downsample_rate for each bottom",
                expected=f"{len(bottom)} of each",
                got=" and ".join(str(len(values)) for values in sides),
            )
        self._anchors = [
            read_anchors(self, [w], [h], rate, "downsample_rate")
            for w, h, rate in zip(*sides, strict=True)
        ]
        self._normalization = read_normalization(self)
        self._bounds = read_bounds(self, param.field_xyr, param.field_whr)
        self._limits = read_limits(self, param, border=0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for index, blob in enumerate(bottom):
            if blob.num_axes != 4 or blob.shape[1] < 6 or blob.shape[:2] != bottom[0].shape[:2]:
                raise self.error(
                    "the maps do not fit",
                    expected="(N, C + 4, H, W), 2 classes at least, of the same images and classes",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )
        self.give_first_shapes(top, (1, 5, 1, 1), (1, 6, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        maps = [
            self._read(blob.data, anchors)
            for blob, anchors in zip(bottom, self._anchors, strict=True)
        ]
        boxes, scores = (np.concatenate(parts, axis=1) for parts in zip(*maps, strict=True))
        write_proposals(top, propose_all(boxes, scores, self._limits, last_is_best=True))

    def _read(self, x: Array, anchors: Anchors) -> tuple[Array, Array]:
        """Corners (N, H * W, 4) and scores (N, H * W) of a map."""
        height, width = x.shape[2:]
        score = x[:, 1:-4].max(axis=1) - x[:, 0]
        deltas = self._bounds.cut(self._normalization.undone(x[:, -4:], 1), 1)
        boxes = np.moveaxis(anchors.decoded(deltas), 1, 3).reshape(len(x), height * width, 4)
        size = np.array([width, height], x.dtype) * x.dtype.type(anchors.stride)
        first = np.maximum(boxes[..., :2] - boxes[..., 2:] / 2, 0)
        sides = np.minimum(boxes[..., 2:], size - first)
        return np.concatenate([first, first + sides], axis=2), score.reshape(len(x), height * width)
