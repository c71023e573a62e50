"""ReshapeLabel: takes the labels of a detector apart that were stored in one row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place

_BOXES = 1000


@register_layer("ReshapeLabel")
class ReshapeLabel(Layer):
    """The parts of each item's label as blobs: maps of four sizes, and boxes.

    bottom[0]  label: (N, ...)        8 L L + L L / 4 + L L / 16 + L L / 64 + 4000 values per item,
                                      L = `full_label_size`, a multiple of 8
    top[0]     map: (N, 1, L/8, L/8)  the fourth part of a label
    top[1]     map: (N, 1, L/4, L/4)  the third
    top[2]     map: (N, 1, L/2, L/2)  the second
    top[3]     maps: (N, 8, L, L)     the first
    top[4]     boxes: (N, 1, 1000, 4) the last

    Proto: ReshapeLabelParameter.  Caffe: reshape_label_layer.cpp of Xilinx (Xilinx/Vitis-AI).
    """

    formula = "y_i = a part of each item's label"
    gradient_formula = "none: a label has none."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 5
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        L = self.layer_param_.reshape_label_param.full_label_size
        if L < 8 or L % 8:
            raise self.error("full_label_size must be a multiple of 8", got=L)
        sizes = [(1, L // scale, L // scale) for scale in (8, 4, 2)]
        self._shapes = [*sizes, (8, L, L), (1, _BOXES, 4)]

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        counts = [a * b * c for a, b, c in self._shapes]
        if not bottom[0].num_axes or bottom[0].count(1) != sum(counts):
            raise self.error(
                "the labels have another size",
                expected=f"{sum(counts)} values per item",
                got=f"shape {bottom[0].shape}",
                fix="state the full_label_size with which they were made",
            )
        for blob, shape in zip(top, self._shapes, strict=True):
            blob.reshape((bottom[0].shape[0], *shape))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        rows, begin = bottom[0].data.reshape(bottom[0].shape[0], bottom[0].count(1)), 0
        for index in (3, 2, 1, 0, 4):
            end = begin + top[index].count(1)
            y = top[index].data
            np.copyto(y, rows[:, begin:end].reshape(y.shape))
            begin = end

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff.fill(0)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False
