"""Proposal: from what a net says of anchors to the regions that are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.regions._anchors import changed, placed
from blobnet.layers.detection.regions._proposal_settings import settings_of
from blobnet.ops.detection.boxes import nms
from blobnet.ops.parallel import for_each
from blobnet.ops.rounding import rounded
from blobnet.types import Array


@register_layer("Proposal")
class Proposal(Layer):
    """The best of all anchors, as boxes that do not overlap much.

    bottom[0]  scores: (N, 2 A, H, W)   of A anchors at each place, of background and of an object
    bottom[1]  deltas: (N, 4 A, H, W)   of each anchor: of its center by its size, across and down,
                                        and of the logarithm of its width and height
    bottom[2]  image: height, width, and by how much it was scaled; (N, 3)
    top[0]     rois: (R, 5)             rows of the index in the batch, x1, y1, x2, y2
    top[1]     scores: (R,)             optional

    Anchors come from `ratio` and `scale`, or are listed as `anchor`: these are Xilinx's, with
    fields of their own. Without any of these it is Synopsys', with Faster R-CNN's anchors. All sort
    by score, the first of equals first, and drop what overlaps too much with something better.

    ratio  An anchor has the area of `base_size` squared, height / width = ratio, and is `scale`
           times as large, as in mini-caffe: batch 1. With 4 or more numbers in bottom[2] it is
           caffe-windows: the third scales heights, the fourth widths; `scale` is in pixels; one
           image's numbers hold for all. Boxes smaller than `min_size`, scaled, have score 0.
    anchor Its corners count from 1. Boxes that are not wider than `min_width` and higher than
           `min_height`, scaled, are dropped; without any box there is (0, 0, 0, 1, 1).

    none   Ratios 0.5, 1 and 2, or 1 where `anchor_ratio` is not 3; scales 8, 16 and 32, or 32 where
           `anchor_scale` is not 3; of a square with sides of `anchor_base_size`. Boxes smaller than
           `rpn_min_size`, scaled, are dropped; of the `pre_nms_topn` best, `max_rois` stay that do
           not overlap by more than `rpn_nms_thresh`. (The fork goes on, in no order, with what is
           behind the `pre_nms_topn`.)

    Proto: ProposalParameter.  Caffe: proposal_layer.cpp of mini-caffe, caffe-windows, Xilinx and
    Synopsys.
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
        param = self.layer_param_.proposal_param
        self._is_listed = len(param.anchor) > 0
        if self._is_listed and (param.ratio or param.scale):
            raise self.error(
                "anchors come from `ratio` and `scale`, or from a list of `anchor`",
                got=f"{len(param.ratio)} ratio, {len(param.scale)} scale and "
                f"{len(param.anchor)} anchor in proposal_param",
            )
        self._kind = settings_of(param)
        if self._is_listed:
            self._setup_listed(top)
        elif not self._kind.per_place or min(self._kind.base_size, *self._kind.ratios) <= 0:
            raise self.error(
                "there are no anchors",
                expected="a ratio above 0 and a scale, at least, and a base_size above 0",
                got=f"ratio {list(self._kind.ratios)}, scale {list(self._kind.scales)}, "
                f"base_size {self._kind.base_size}",
            )
        self._is_set_up = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        scores, deltas, image = bottom
        param = self.layer_param_.proposal_param
        count = len(param.anchor) or self._kind.per_place
        for blob, each in ((scores, 2), (deltas, 4)):
            if blob.num_axes != 4 or blob.shape[1] != each * count:
                raise self.error(
                    "the anchors do not match the maps",
                    expected=f"{each} channels for each of {count} anchors",
                    got=f"shapes {scores.shape} and {deltas.shape}",
                )
        if scores.shape[0] != deltas.shape[0] or scores.shape[2:] != deltas.shape[2:]:
            raise self.error("scores and deltas differ", got=f"{scores.shape} and {deltas.shape}")
        num = scores.shape[0]
        enough = 3 * num if self._is_listed else 3
        if image.count() < enough:
            raise self.error(
                "bottom[2] says too little of the image",
                expected=f"{enough} numbers: height, width and scale",
                got=f"shape {image.shape}",
            )
        if num > 1 and not self._is_listed and image.count() == 3:
            raise self.error("Only support single scale.", expected="a batch of 1", got=num)
        if not self._is_set_up:
            self._is_set_up = True
            most = min(self._kind.kept, count * scores.count(2))
            self._make_tops(top, 1 if self._is_listed else num * most)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        find = self._listed if self._is_listed else self._generated
        every, products = range(bottom[0].shape[0]), 100 * bottom[0].count()
        found = for_each(lambda n: find(bottom, n), every, products)
        rows = np.concatenate([np.zeros((0, 6), self.dtype), *found])
        if not len(rows) and self._is_listed:
            rows = np.array([[0, 0, 0, 1, 1, 0]], self.dtype)
        self._make_tops(top, len(rows))
        top[0].data[...] = rows[:, :5]
        if len(top) > 1:
            top[1].data[...] = rows[:, 5]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down):
            raise self.error(
                "regions are chosen, not computed: there is no gradient",
                fix="write `propagate_down: false` for each bottom of this layer",
            )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    # --- anchors of ratios and scales -------------------------------------------------------------

    def _generated(self, bottom: Blobs, n: int) -> Array:
        kind, image = self._kind, bottom[2].data.reshape(-1)
        scores, deltas = (blob.data[n].transpose(1, 2, 0) for blob in bottom[:2])
        anchors = self._anchors(in_pixels=image.size > 3)
        stride = (kind.stride,) * 2
        boxes = placed(anchors, scores.shape[:2], stride).reshape(-1, 4)
        boxes = changed(boxes, deltas.reshape(-1, 4), image)
        height, width = image[2], image[min(3, image.size - 1)]
        least = np.array([width, height]) * np.asarray(kind.min_size, self.dtype)
        is_large = (boxes[:, 2:] - boxes[:, :2] + 1 >= least).all(1)
        its = scores[..., len(anchors) :].reshape(-1)
        its = its if kind.drops_small else is_large * its
        order = np.argsort(-its, kind="stable")
        order = (order[is_large[order]] if kind.drops_small else order)[: kind.compared]
        kept = nms(boxes[order], kind.overlap, border=1, limit=kind.kept)
        return self._rows(n, boxes, its, order[kept])

    def _anchors(self, in_pixels: bool) -> Array:
        """Around the center of the first place, by ratio, then by scale."""
        kind = self._kind
        real: Any = self.dtype.type
        base = real(kind.base_size)
        center, found = real(0.5) * (base - real(1)), []
        for ratio in map(real, kind.ratios):
            width = np.sqrt(base * base / ratio)
            width = width if in_pixels else rounded(width)
            height = width * ratio if in_pixels else rounded(width * ratio)
            for scale in map(real, kind.scales):
                if in_pixels:
                    sides = [float(side * scale) / float(base) - 1 for side in (width, height)]
                    halves = [real(0.5) * real(np.trunc(side + 0.5)) for side in sides]
                else:
                    halves = [real(0.5) * (side * scale - real(1)) for side in (width, height)]
                found.append([center - half for half in halves] + [center + h for h in halves])
        return np.array(found, self.dtype)

    # --- anchors from a list ----------------------------------------------------------------------

    def _setup_listed(self, top: Blobs) -> None:
        param = self.layer_param_.proposal_param
        if not (param.stride_h and param.stride_w) or not 0 <= param.nms_iou_th <= 1:
            raise self.error(
                "anchors need strides and a threshold",
                expected="stride_h and stride_w above 0, nms_iou_th from 0 to 1",
                got=f"{param.stride_h}, {param.stride_w}, {param.nms_iou_th:g}",
            )
        sides = [(a.left, a.top, a.right, a.bottom) for a in param.anchor]
        self._listed_anchors = np.array(sides, self.dtype)

    def _listed(self, bottom: Blobs, n: int) -> Array:
        param = self.layer_param_.proposal_param
        image: Any = bottom[2].data.reshape(-1)[3 * n : 3 * n + 3]
        maps = bottom[1].data[n].reshape(-1, 4, *bottom[1].shape[2:])
        stride = (param.stride_h, param.stride_w)
        boxes = placed(self._listed_anchors, maps.shape[2:], stride) - 1
        boxes = changed(boxes.transpose(2, 0, 1, 3), maps.transpose(0, 2, 3, 1), image)
        boxes = boxes.reshape(-1, 4)
        its = bottom[0].data[n].reshape(-1)[len(boxes) :]
        order = np.argsort(-its, kind="stable")[: param.nms_input_num]
        sizes = boxes[order, 2:] - boxes[order, :2]
        least = np.array([param.min_width, param.min_height], self.dtype) * image[2]
        order = order[(sizes > least).all(1)]
        limit = param.nms_output_num
        kept = nms(boxes[order], param.nms_iou_th, limit=limit, drop_equal=True)
        return self._rows(n, boxes, its, order[kept])

    # --- both -------------------------------------------------------------------------------------

    def _rows(self, n: int, boxes: Array, scores: Array, kept: Any) -> Array:
        first = np.full((len(kept), 1), n, self.dtype)
        return np.concatenate([first, boxes[kept], scores[kept, None]], 1)

    def _make_tops(self, top: Blobs, count: int) -> None:
        top[0].reshape((count, 5))
        if len(top) > 1:
            top[1].reshape((count,))
