"""AssistedExcitation: in a training, shows a net where the objects are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection.yolo import _truths
from blobnet.types import Array


@register_layer("AssistedExcitation")
class AssistedExcitation(Layer):
    """x, with something added within the true boxes: all of it at first, nothing in the end.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  labels: (N, 1500)  300 rows [class, x, y, width, height] for each image
    bottom[2]  m: (N, 1, H, W) or (N, H, W)    what is added, such as x's Mean over its channels
    top[0]     y: (N, C, H, W)

    y = x + a * m where a pixel is in a box of the first image of the batch, else y = x: Caffe
    computes the other images' boxes and loses them. a = cos(pi / 2 * i / (0.75 * end)), at least
    0, in iteration i of a training that goes to `end`; outside of one, 0. (Caffe reads memory that
    nobody has filled there.)

    Proto: none.  Caffe: assisted_excitation_layer.cpp of MobileNet-YOLO (eric612/MobileNet-YOLO).
    """

    formula = "y = x + a * m within boxes, y = x elsewhere."
    gradient_formula = "dx = dy,  dm = 0: what is added counts as given."

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, labels, added = (blob.shape for blob in bottom)
        if len(x) != 4 or added not in ((x[0], 1, *x[2:]), (x[0], *x[2:])) or labels[:1] != x[:1]:
            raise self.error(
                "bottoms are x, labels and what is added to x",
                expected="shapes (N, C, H, W), (N, 1500) and (N, 1, H, W) or (N, H, W)",
                got=f"{x}, {labels} and {added}",
            )
        if bottom[1].count(1) != 1500:
            raise self.error("bottom[1] are no labels of YOLO", got=f"shape {labels}")
        if not all(x[1:]):
            raise self.error("x has no pixels", got=f"shape {x}")
        top[0].reshape(*x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data)
        if not len(bottom[0].data) or not self._share():
            return
        given = bottom[2].data[0].reshape(bottom[0].shape[2:])
        added = np.zeros_like(given)
        for box in _truths.listed(bottom[1].data[:1], 1)[0]:
            rows, columns = self._pixels(box, *added.shape)
            added[rows, columns] = self._share() * given[rows, columns]
        top[0].data[0] += added

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            raise self.error(
                "labels have no gradient", fix="write `propagate_down: false` for bottom[1]"
            )
        if propagate_down[0]:
            np.copyto(bottom[0].diff, top[0].diff)
        if propagate_down[2]:
            bottom[2].diff.fill(0)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    # --- helpers ------------------------------------------------------------------------------

    def _share(self) -> float:
        """How much of it is added now."""
        if self.progress is None:
            return 0.0
        done, end = self.progress
        return max(math.cos(math.pi / 2 * min(done / (0.75 * max(end, 1)), 2)), 0.0)

    def _pixels(self, box: Array, height: int, width: int) -> tuple[slice, slice]:
        """The rows and columns of a box: at least one of each."""
        if not np.isfinite(box).all() or (np.abs(box) > 2**20).any():
            raise self.error("bottom[1] has a box whose numbers are none", got=box.tolist())
        ends = []
        for axis, count in ((2, height), (1, width)):
            first = int((box[axis] - box[axis + 2] / 2) * count)
            last = int((box[axis] + box[axis + 2] / 2) * count + 0.95)
            first = min(max(first, 0), count - 1)
            ends.append(slice(first, min(max(last, first + 1), count)))
        return ends[0], ends[1]
