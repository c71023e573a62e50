"""LabelSpecificRescale: a factor for the score of the true class, and one for all others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers._schedule import CountingLayer, power_of_steps
from blobnet.layers.faces._labels import read_classes
from blobnet.layers.faces.margins._scores import check_scores_place, reshape_scores
from blobnet.proto import TEST, TRAIN
from blobnet.types import Array


@register_layer("LabelSpecificRescale")
class LabelSpecificRescale(CountingLayer):
    """Scales the score of the true class, and those of all others.

    bottom[0]  x: (M, N)      scores: all axes behind the first are N classes
    bottom[1]  labels: (M,)   whole numbers from 0
    top[0]     y: as x
    top[1]     factor: (1,)   that of the true class (optional)

    The true score is multiplied by p = `positive_weight`, with `for_ip` only where it is above 0;
    with `bias_fix` 1 - p is added. With `power_on_positive` it is instead |x|^p with the sign of x.
    All others are multiplied by `negative_weight`. Where `positive_weight_base` is stated, in
    TRAIN p = positive_weight_base (1 + gamma i)^-power, kept between positive_weight_min and
    positive_weight_max where they are stated; i counts forwards on from `iteration`, the first
    being 1 more; snapshots keep it. In TEST scores stay as they are without `rescale_test`. A p of
    1 and a negative_weight of 1 leave scores alone. May work in place, except for powers.
    positive_lower_bound and negative_upper_bound are read nowhere, in the fork either.

    Proto: LabelSpecificRescaleParameter.  Caffe: label_specific_rescale.cpp of
    happynear/caffe-windows (as of 2017; its .cu takes another function for the power).
    """

    formula = "y = negative_weight * x, and y[label] = positive_weight * x[label]."
    gradient_formula = (
        "dx = negative_weight * dy, dx[label] = positive_weight * dy (p |x|^(p - 1) * dy of a "
        "power); none for the labels."
    )

    exact_num_bottom_blobs = 2
    min_top_blobs = 1
    max_top_blobs = 2
    works_in_place = True
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.label_specific_rescale_param
        check_scores_place(self, bottom, top)
        if param.power_on_positive and top[0] is bottom[0]:
            raise self.error("Inplace is disabled when using power rescaling.")
        self._positive, self._iteration = float(param.positive_weight), param.iteration
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        reshape_scores(self, bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        param = self.layer_param_.label_specific_rescale_param
        self._next_factor()
        if len(top) > 1:
            top[1].data[...] = self._positive
        y = top[0].data
        if top[0] is not bottom[0]:
            y[...] = bottom[0].data
        if self._is_idle():
            return
        y, true = self._rows(y, bottom)
        score = y[true]
        y *= param.negative_weight
        y[true] = self._rescaled(score)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        if not propagate_down[0]:
            return
        if top[0] is not bottom[0]:
            bottom[0].diff[...] = top[0].diff
        if self._is_idle():
            return
        x = self._saved_input.values(bottom[0], top[0])
        rows, true = self._rows(bottom[0].diff, bottom)
        slope = rows[true] * self._slope(self._rows(x, bottom)[0][true])
        rows *= self.layer_param_.label_specific_rescale_param.negative_weight
        rows[true] = slope

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 1

    def _is_idle(self) -> bool:
        return (
            self.phase == TEST and not self.layer_param_.label_specific_rescale_param.rescale_test
        )

    def _rows(self, values: Array, bottom: Blobs) -> tuple[Array, tuple[Array, Array]]:
        """The same memory as a row for each item, and where the true classes stand."""
        num = bottom[1].count
        rows = values.reshape(num, -1) if num else values.reshape(0, 1)
        return rows, (np.arange(num), read_classes(self, bottom[1], rows.shape[1]))

    def _rescaled(self, score: Array) -> Array:
        param, factor = self.layer_param_.label_specific_rescale_param, self._positive
        scaled: Array
        if param.power_on_positive and factor != 1:
            scaled = np.sign(score) * np.abs(score) ** factor
        else:
            scaled = score * factor
            if param.bias_fix:
                scaled = scaled + (1 - factor)
        return np.where(score > 0, scaled, score) if param.for_ip else scaled

    def _slope(self, score: Array) -> Array:
        param, factor = self.layer_param_.label_specific_rescale_param, self._positive
        slope = np.full_like(score, factor)
        if param.power_on_positive and factor != 1:
            slope *= np.abs(score) ** (factor - 1)
        return np.where(score > 0, slope, 1) if param.for_ip else slope

    def _next_factor(self) -> None:
        param = self.layer_param_.label_specific_rescale_param
        if not param.HasField("positive_weight_base") or self.phase != TRAIN:
            return
        self._iteration += 1
        steps = power_of_steps(param.gamma, -param.power, self._iteration)
        self._positive = param.positive_weight_base * steps
        if param.HasField("positive_weight_min"):
            self._positive = max(self._positive, param.positive_weight_min)
        if param.HasField("positive_weight_max"):
            self._positive = min(self._positive, param.positive_weight_max)
