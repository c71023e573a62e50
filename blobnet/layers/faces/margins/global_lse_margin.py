"""GlobalLSEMargin: scaled cosines, of which that of the true class loses a margin that is found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.faces._labels import IndexArray, check_count, read_classes
from blobnet.proto import FillerParameter
from blobnet.types import Array

NEAR, SETTLED = 0.1, 0.001
"""What counts for a mean of the margins around it, and when it has come to rest."""


@register_layer("GlobalLSEMargin")
class GlobalLSEMargin(Layer):
    """s x, with s (x - m) for the true class.

    bottom[0]  x: (M, N)           cosines
    bottom[1]  labels: (M,)        whole numbers from 0
    bottom[2]  norms: (M,)         what multiplies each item, instead of s (optional)
    top[0]     y: (M, N)
    top[1]     told: (5,)          s, and means of x[label], of log-sum-exp of the others, of the
                                   largest of them, and m (optional)
    blobs_[0]  s: (1,)             `filler`, or 30, between `min_value` and `max_value`
    blobs_[1]  m: (1,)             the margin, found by each forward, in TEST, too

    An item's own margin is x[label] - log(sum over the others of exp(s x)) / s. m follows the mean
    of those that are within 0.1 of it, 0.9 of it kept; the first time (while it is 0) that mean is
    sought in up to 20 steps from the mean of all. Nothing is taken off while m is not above 0.

    Proto: ScaleParameter.  Caffe: global_lse_margin_layer.cu of happynear/caffe-windows.
    """

    formula = "y = s x, y[label] = s (x[label] - m)."
    gradient_formula = (
        "dx = s dy, ds += sum(dy y) / s, or dnorms = sum(dy y) / norm: as if m did not depend on x."
    )

    min_bottom_blobs = 2
    max_bottom_blobs = 3
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_top = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._param = param = self.layer_param_.scale_param
        self._has_norms = len(bottom) == 3
        self.init_blob(
            0, (1,), param.filler if param.HasField("filler") else FillerParameter(value=30)
        )
        self.init_blob(1, (1,), FillerParameter())
        specs = self.layer_param_.param
        if not specs:
            specs.add(lr_mult=0 if self._has_norms else 1, decay_mult=0)
        if len(specs) == 1:
            specs.add(lr_mult=0, decay_mult=0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        num = bottom[0].shape[0] if bottom[0].num_axes else 0
        if (num and bottom[0].count < 2 * num) or not bottom[0].num_axes:
            raise self.error("two classes are needed", got=f"shape {bottom[0].shape}")
        for index in range(1, len(bottom)):
            check_count(self, bottom[index], num, index)
        top[0].reshape_like(bottom[0])
        if len(top) > 1:
            top[1].reshape((5,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._keep_in_bounds()
        x, scale = self._rows(bottom[0].data, bottom), self._scale(bottom)
        label = read_classes(self, bottom[1], x.shape[1])
        own, items = x[np.arange(len(x)), label], np.arange(len(x))
        largest, lse = _others(x, label, scale)
        if len(x):
            self._find_margin((own - lse).astype(np.float64))
        margin = self.blobs_[1].data[0]
        y = self._rows(top[0].data, bottom)
        y[...] = x
        if margin > 0:
            y[items, label] -= margin
        y *= scale
        if len(top) > 1:
            means = [values.mean() if len(x) else 0 for values in (own, lse, largest)]
            told = scale.mean() if scale.size else 0
            top[1].data[...] = [told, *means, margin]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        dy, y = (self._rows(array, bottom) for array in (top[0].diff, top[0].data))
        if not self._has_norms and self.param_propagate_down_[0]:
            self.blobs_[0].diff += np.einsum("mn,mn->", dy, y) / self.blobs_[0].data
        if self._has_norms and propagate_down[2]:
            norms = bottom[2].data.reshape(-1)
            sums = np.einsum("mn,mn->m", dy, y) / norms
            bottom[2].diff[...] = sums.reshape(bottom[2].shape)
        if propagate_down[0]:
            np.multiply(dy, self._scale(bottom), out=self._rows(bottom[0].diff, bottom))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 1

    def _keep_in_bounds(self) -> None:
        scale = self.blobs_[0].data
        least = self._param.min_value if self._param.HasField("min_value") else 0
        np.maximum(scale, least, out=scale)
        if self._param.HasField("max_value"):
            np.minimum(scale, self._param.max_value, out=scale)

    def _find_margin(self, margins: Array) -> None:
        kept = float(self.blobs_[1].data[0])
        if kept == 0:
            found, fraction = _mean_shift(margins, float(margins.mean()), 20), 0.0
        else:
            found, fraction = _mean_shift(margins, kept, 1), 0.9
        if not np.isnan(found):
            self.blobs_[1].data[...] = fraction * kept + (1 - fraction) * found

    def _scale(self, bottom: Blobs) -> Array:
        """By what items are multiplied: (M, 1) or (1, 1)."""
        scale = bottom[2].data if self._has_norms else self.blobs_[0].data
        column: Array = scale.reshape(-1, 1)
        return column

    def _rows(self, array: Array, bottom: Blobs) -> Array:
        num = bottom[0].shape[0]
        return array.reshape(num, -1) if num else array.reshape(0, 2)


def _others(x: Array, label: IndexArray, scale: Array) -> tuple[Array, Array]:
    """Of each item's wrong classes: the largest, at least -1, and log(sum(exp(s x))) / s."""
    others = np.where(np.arange(x.shape[1]) == label[:, None], -np.inf, x)
    largest = np.maximum(others.max(axis=1, initial=-1), -1)
    sums = np.exp(scale * (others - largest[:, None])).sum(axis=1)
    column = scale[:, 0]
    return largest, np.log(sums) / column + largest


def _mean_shift(margins: Array, start: float, steps: int) -> float:
    """Where the mean of the values that are near it is itself, sought from a start."""
    mean, is_new = start, False
    while steps > 0:
        near = margins[np.abs(margins - mean) < NEAR]
        if not near.size:  # begin at the mean of all; where nobody is near that either, it stays
            if is_new:
                break
            mean, is_new = float(margins.mean()), True
            continue
        before, mean, is_new = mean, float(near.mean()), False
        if abs(before - mean) < SETTLED:
            break
        steps -= 1
    return mean
