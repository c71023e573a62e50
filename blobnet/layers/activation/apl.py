"""APL: a rectifier with learned hinges, for each value of an item its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.proto import FillerParameter
from blobnet.types import Array


@register_layer("APL")
class APL(Layer):
    """Adaptive piecewise linear units, of S = `sums` hinges and a rectifier.

    bottom[0]  x: (M, ...)         K values for each item
    top[0]     y: the same shape
    blobs_[0]  a: (1, 1, S, K)     slopes, S for the first value of an item, then S for the next
    blobs_[1]  b: (1, 1, S, K)     places, likewise

    Without fillers slopes are uniform within 0.5 / S of 0, places gaussian with a deviation of 0.5.
    `save_mem` changes nothing. May work in place, keeping a copy of x.

    Proto: APLParameter.  Caffe: apl_layer.cpp of Learned-Activation-Functions-Source
    (ForestAgostinelli), as caffenet-benchmark has it.
    Paper: Agostinelli et al., "Learning Activation Functions to Improve Deep Neural Networks".
    """

    formula = "y = max(x, 0) + sum over s of a_s * max(b_s - x, 0)."
    gradient_formula = (
        "da_s += dy * max(b_s - x, 0), db_s += dy * a_s where b_s > x, both summed over items;  "
        "dx = dy where x > 0, less dy * a_s where b_s > x."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.apl_param
        if bottom[0].num_axes < 2:
            raise self.error(
                "Number of axes of bottom blob must be >=2.", got=f"shape {bottom[0].shape}"
            )
        self._sums, self._K = param.sums, int(bottom[0].count(1))
        if self._sums < 1 or self._K < 1:
            raise self.error(
                "there must be a hinge, and values",
                expected="sums of at least 1",
                got=f"sums: {param.sums}, {self._K} values per item",
            )
        widest = 0.5 / self._sums
        slopes = FillerParameter(type="uniform", min=-widest, max=widest)
        places = FillerParameter(type="gaussian", std=0.5)
        shape = (1, 1, self._sums, self._K)
        self.init_blob(0, shape, param.slope_filler if param.HasField("slope_filler") else slopes)
        self.init_blob(1, shape, param.offset_filler if param.HasField("offset_filler") else places)
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) < 2 or bottom[0].count(1) != self._K:
            raise self.error(
                "the input no longer fits the weights",
                expected=f"{self._K} values per item",
                got=f"shape {shape}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=True)
        x = self._rows(self._saved_input.values(bottom[0], top[0]))
        y = self._rows(top[0].data)
        np.maximum(x, 0, out=y)
        for slopes, places, _ in self._hinges():
            y += slopes * np.maximum(places - x, 0)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x = self._rows(self._saved_input.values(bottom[0], top[0]))
        dy = self._rows(top[0].diff)
        dx = np.where(x > 0, dy, 0)
        d_slopes, d_places = (blob.diff.reshape(self._K, self._sums) for blob in self.blobs_)
        for slopes, places, s in self._hinges():
            beyond = np.maximum(places - x, 0)
            change = dy * slopes * (beyond > 0)
            if self.param_propagate_down_[0]:
                d_slopes[:, s] += (dy * beyond).sum(axis=0)
            if self.param_propagate_down_[1]:
                d_places[:, s] += change.sum(axis=0)
            dx -= change
        if propagate_down[0]:
            self._rows(bottom[0].diff)[...] = dx

    def _hinges(self) -> Iterator[tuple[Array, Array, int]]:
        """The slopes and places of each."""
        slopes, places = (blob.data.reshape(self._K, self._sums) for blob in self.blobs_)
        for s in range(self._sums):
            yield slopes[:, s], places[:, s], s

    def _rows(self, values: Array) -> Array:
        return values.reshape(len(values), self._K)
