"""PredictBox: scores and corrections at each place of a map, as boxes in the image."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array

_CELL = 12
"""The places of stitched images are told for a receptive field of 12, that of MTCNN's first net."""


@register_layer("PredictBox")
class PredictBox(Layer):
    """The boxes where the second score is above `positive_thresh`.

    bottom[0]  scores: (N, 2, H, W)
    bottom[1]  corrections: (N, 4, H, W)  may be absent
    bottom[2]  (N, 2, H, W): scores that those of a box must reach, pooled ones say; or
               (N, 3, H, W): where the image that a place belongs to begins within a larger one, x
               and y, and the side of its boxes; 0: it belongs to none. May be absent
    top[0]     (N, 5, H, W)  x, y, width, height and score of each box; 0 where there is none
    top[1]     (N, boxes, 5)  the same without the places in between, column by column; a row of
               zeros where there is no box or more than one image. May be absent

    A box begins at (stride place - begin) / 12 times its side. The side is `receptive_field`, the
    begin 0, unless bottom[2] tells both. Corrections are in sides: with `bbreg_exp` (dx, dy, log of
    width's factor, log of height's), else those of the corners (dy0, dx0, dy1, dx1).

    `nms` and `output_vector` do nothing: the numbers of bottoms and tops tell.

    Proto: PredictBoxParameter.  Caffe: predict_box_layer.cpp of happynear/caffe-windows.
    """

    formula = (
        "x = side (stride column / 12 + d_0),  y = side (stride row / 12 + d_1), "
        "width = side exp(d_2),  height = side exp(d_3),  score = s_1"
    )
    gradient_formula = "none."

    min_bottom_blobs = 1
    max_bottom_blobs = 3
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = self.layer_param_.predict_box_param

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob, channels in zip(bottom, ((2,), (4,), (2, 3)), strict=False):
            num, *places = (blob.shape[0], *blob.shape[2:]) if blob.num_axes == 4 else (0,)
            first = bottom[0].shape
            if (
                blob.num_axes != 4
                or blob.shape[1] not in channels
                or (num, *places)
                != (
                    first[0],
                    *first[2:],
                )
            ):
                raise self.error(
                    "bottoms are maps of scores, corrections and further scores",
                    expected="shapes (N, 2, H, W), (N, 4, H, W) and (N, 2 or 3, H, W)",
                    got=" and ".join(str(each.shape) for each in bottom),
                )
        num, _, height, width = bottom[0].shape
        self._is_stitched = len(bottom) == 3 and bottom[2].shape[1] == 3
        top[0].reshape(num, 5, height, width)
        if len(top) == 2:
            top[1].reshape(num, 1, 5)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        scores = bottom[0].data[:, 1]
        found = scores > np.float32(self._param.positive_thresh)
        if self._is_stitched:
            found &= bottom[2].data[:, 2] != 0
        elif len(bottom) == 3:
            found &= scores > bottom[2].data[:, 1] - 1e-5
        with overflow_allowed():
            values = self._boxes(bottom)
        top[0].data[...] = 0
        np.copyto(top[0].data, values, where=found[:, None])
        if len(top) == 2:
            self._list(found, top)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def _boxes(self, bottom: Blobs) -> Array:
        """(N, 5, H, W), wherever there is a box or not."""
        scores, stride = bottom[0].data, self._param.stride
        height, width = scores.shape[2:]
        rows, columns = np.indices((height, width)).astype(scores.dtype) * stride
        side: Array = np.asarray(self._param.receptive_field, scores.dtype)
        if self._is_stitched:
            begin, side = bottom[2].data[:, :2], bottom[2].data[:, 2]
            x, y = (columns - begin[:, 0]) / _CELL * side, (rows - begin[:, 1]) / _CELL * side
        else:
            x, y = columns / _CELL * side, rows / _CELL * side
        w, h = side, side
        if len(bottom) > 1:
            d = bottom[1].data
            if self._param.bbreg_exp:
                x, y = x + d[:, 0] * side, y + d[:, 1] * side
                w, h = side * np.exp(d[:, 2]), side * np.exp(d[:, 3])
            else:
                x, y = x + d[:, 1] * side, y + d[:, 0] * side
                w, h = side + (d[:, 3] - d[:, 1]) * side, side + (d[:, 2] - d[:, 0]) * side
        parts = np.broadcast_arrays(x, y, w, h, scores[:, 1])
        return np.stack(parts, axis=1)

    def _list(self, found: Array, top: Blobs) -> None:
        boxes = top[0].data
        count = int(np.count_nonzero(found))
        if boxes.shape[0] != 1 or not count:
            top[1].reshape(boxes.shape[0], 1, 5)
            top[1].data[...] = 0
            return
        columns, rows = np.nonzero(found[0].T)
        top[1].reshape(1, count, 5)
        top[1].data[0] = boxes[0][:, rows, columns].T
