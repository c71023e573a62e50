"""LabelSpecificAdd: add to the score of the true class; a negative bias is AM-Softmax's margin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._schedule import CountingLayer, power_of_steps
from blobnet.layers.faces._labels import read_classes
from blobnet.layers.faces.margins._scores import check_scores_place, reshape_scores
from blobnet.proto import TEST


@register_layer("LabelSpecificAdd")
class LabelSpecificAdd(CountingLayer):
    """Adds a number to the score of the true class.

    bottom[0]  x: (M, N)      scores: all axes behind the first are N classes
    bottom[1]  labels: (M,)   whole numbers from 0
    top[0]     y: as x
    top[1]     bias: (1,)     what was added (optional)

    The number is `bias` or, where `bias_base` is stated, bias_base + (1 + bias_gamma i)^bias_power
    - 1, kept between bias_min and bias_max, where i counts forwards on from `iteration`; snapshots
    keep it. A score stays as it is unless it is above minus that number. In TEST nothing is added,
    whatever `transform_test` says: the fork heeds it in TRAIN alone; top[1] is 0. May work in
    place.

    Proto: LabelSpecificAddParameter.  Caffe: label_specific_add.cpp of caffe-windows
    (happynear/caffe-windows).
    """

    formula = "y = x, and y[label] = x[label] + bias where x[label] > -bias."
    gradient_formula = "dx = dy; none for the labels."

    exact_num_bottom_blobs = 2
    min_top_blobs = 1
    max_top_blobs = 2
    works_in_place = True
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_scores_place(self, bottom, top)
        param = self.layer_param_.label_specific_add_param
        self._bias, self._iteration = float(param.bias), param.iteration

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        reshape_scores(self, bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        num = bottom[1].count
        y = top[0].data
        if top[0] is not bottom[0]:
            y[...] = bottom[0].data
        if self.phase == TEST:
            if len(top) > 1:
                top[1].data[...] = 0
            return
        y = y.reshape(num, -1) if num else y.reshape(0, 1)
        true = (np.arange(num), read_classes(self, bottom[1], y.shape[1]))
        self._bias = self._next_bias()
        if len(top) > 1:
            top[1].data[...] = self._bias
        score = y[true]
        y[true] = np.where(score > -self._bias, score + self._bias, score)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0] and top[0] is not bottom[0]:
            bottom[0].diff[...] = top[0].diff
        if propagate_down[1]:
            bottom[1].diff[...] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 1

    def _next_bias(self) -> float:
        param = self.layer_param_.label_specific_add_param
        if not param.HasField("bias_base"):
            return float(param.bias)
        steps = power_of_steps(param.bias_gamma, param.bias_power, self._iteration)
        self._iteration += 1
        return min(max(param.bias_base + steps - 1, param.bias_min), param.bias_max)
