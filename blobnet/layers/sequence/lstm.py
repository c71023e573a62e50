"""Lstm: a long short-term memory of forks, over all steps of a batch of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.lstm import lstm_unit, lstm_unit_backward
from blobnet.ops.product import matmul
from blobnet.types import Array


@register_layer("Lstm")
class Lstm(Layer):
    """Long short-term memory, T steps of N sequences, D = `num_output`.

    bottom[0]  x: (T, N, I) as in CTPN, if `batch_size` is not stated; or (T * N, ...) as in
               caffe-lstm, of N = `batch_size` sequences, with I values in each row
    bottom[1]  clip: (T * N,)   may be left out: 0 where a sequence starts, else 1
    top[0]     h: (T, N, D), or (T * N, D)
    blobs_[0]  W_x: (4D, I)
    blobs_[1]  W_h: (4D, D)
    blobs_[2]  b: (4D,)

    In each step, with h' and c' of the one before, which count 0 where a sequence starts:
    i, f, o, g = W_x @ x + W_h @ h' + b, c = sigmoid(f) c' + sigmoid(i) tanh(g), and
    h = sigmoid(o) tanh(c). Without clip all sequences start with the first step; with it, h and c
    of the last step carry over to the next forward, but no gradient does.

    `clipping_threshold` limits the gradients of the sums i, f, o, g (0: not). Unlike here, the
    forks count gradients of W_h where a sequence starts, too.

    Proto: LstmParameter.  Caffe: lstm_layer.cpp of junhyukoh/caffe-lstm, and of CTPN.
    """

    formula = "c = f c' + i g,  h = o tanh(c),  with i, f, o, g of W_x @ x + W_h @ h' + b"
    gradient_formula = "backward through all steps, limited by clipping_threshold. None for clip."

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.lstm_param
        self._D = D = param.num_output
        if D < 1:
            raise self.error("num_output must be positive", got=D)
        self._limit = param.clipping_threshold
        if not self._limit >= 0:
            raise self.error("clipping_threshold", expected="0 or more", got=self._limit)
        _, _, self._I = self._sizes(bottom)
        self.init_blob(0, (4 * D, self._I), param.weight_filler)
        self.init_blob(1, (4 * D, D), param.weight_filler)
        self.init_blob(2, (4 * D,), param.bias_filler)
        self._carried: Array = np.zeros((2, 0, D), self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._T, self._N, size = T, N, _ = self._sizes(bottom)
        if size != self._I:
            raise self.error(
                "Input size incompatible with inner product parameters.",
                expected=f"{self._I} values in each row",
                got=f"shape {bottom[0].shape}",
            )
        if len(bottom) > 1 and bottom[1].count != T * N:
            expected = f"{T * N} values, one for each step of each sequence"
            raise self.error("clip", expected=expected, got=f"shape {bottom[1].shape}")
        top[0].reshape((T, N, self._D) if self._has_steps(bottom) else (T * N, self._D))
        if self._carried.shape[1] != N:
            self._carried = np.zeros((2, N, self._D), self.dtype)
        self._gates = np.empty((T, N, 4 * self._D), self.dtype)
        self._tanh = np.empty((T, N, self._D), self.dtype)
        self._states = np.empty((2, T + 1, N, self._D), self.dtype)  # h, c; [t] is before step t

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        goes_on = self._goes_on(bottom)
        h, c = self._states
        self._states[:, 0] = self._carried if len(bottom) > 1 else 0
        x = bottom[0].data.reshape(self._T * self._N, self._I)
        gates = self._gates.reshape(self._T * self._N, 4 * self._D)
        matmul(x, self.blobs_[0].data.T, out=gates)
        gates += self.blobs_[2].data
        weight, product = self.blobs_[1].data.T, np.empty_like(self._gates[0])
        for t, sums in enumerate(self._gates):
            matmul(np.where(goes_on[t], h[t], 0), weight, out=product)
            sums += product
            lstm_unit(sums, c[t], goes_on[t], sums, c[t + 1], self._tanh[t], h[t + 1])
        top[0].data[...] = h[1:].reshape(top[0].shape)
        self._carried[...] = self._states[:, -1]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if len(propagate_down) > 1 and propagate_down[1]:
            raise self.error(
                "Cannot backpropagate to sequence indicators.",
                fix="write `propagate_down` once per bottom, false for the second",
            )
        goes_on = self._goes_on(bottom)
        h, c = self._states
        slopes = np.empty_like(self._gates)
        of_h, of_c = np.zeros((2, self._N, self._D), self.dtype)
        given = top[0].diff.reshape(self._T, self._N, self._D)
        for t in reversed(range(self._T)):
            of_h += given[t]
            lstm_unit_backward(self._gates[t], c[t], self._tanh[t], of_c, of_h, slopes[t], of_c)
            if self._limit > 0:
                np.clip(slopes[t], -self._limit, self._limit, out=slopes[t])
            matmul(slopes[t], self.blobs_[1].data, out=of_h)
            of_h[...] = np.where(goes_on[t], of_h, 0)
        before = np.where(goes_on, h[:-1], 0).reshape(self._T * self._N, self._D)
        self._add_gradients(bottom, propagate_down, slopes, before)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """Both matrices once for each step of each sequence."""
        return self._T * self._N * sum(int(blob.count) for blob in self.blobs_[:2])

    def reset(self) -> None:
        """Let the next forward begin with states of zero."""
        self._carried.fill(0)

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "hidden": self._carried.tolist()}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._carried = np.asarray(state["hidden"], self.dtype).reshape(2, -1, self._D)

    # --- helpers ------------------------------------------------------------------------------

    def _has_steps(self, bottom: Blobs) -> bool:
        return bottom[0].num_axes == 3 and not self.layer_param_.lstm_param.HasField("batch_size")

    def _sizes(self, bottom: Blobs) -> tuple[int, int, int]:
        """T, N and I of a bottom."""
        shape, count = bottom[0].shape, int(bottom[0].count)
        if self._has_steps(bottom):
            T, N, values = shape
        else:
            N = self.layer_param_.lstm_param.batch_size
            rows = shape[0] if shape else 0
            if N < 1 or rows % N:
                raise self.error(
                    "Input size should be multiple of batch size",
                    expected=f"rows of {N} sequences (batch_size)",
                    got=f"shape {shape}",
                )
            T, values = rows // N, count // max(1, rows)
        if T < 1 or values < 1:
            raise self.error("the bottom has no steps, or no values", got=f"shape {shape}")
        return T, N, values

    def _goes_on(self, bottom: Blobs) -> Array:
        """(T, N, 1): 0 where a sequence starts, else 1."""
        found = np.ones((self._T, self._N, 1), self.dtype)
        if len(bottom) > 1:
            found[...] = bottom[1].data.reshape(found.shape) != 0
        else:
            found[0] = 0
        return found

    def _add_gradients(
        self, bottom: Blobs, propagate_down: Sequence[bool], slopes: Array, before: Array
    ) -> None:
        """Those of weights and of x, from those of the sums, (T, N, 4D)."""
        slopes = slopes.reshape(len(before), 4 * self._D)
        x = bottom[0].data.reshape(len(before), self._I)
        for index, values in enumerate((x, before)):
            if self.param_propagate_down_[index]:
                self.blobs_[index].diff[...] += slopes.T @ values
        if self.param_propagate_down_[2]:
            self.blobs_[2].diff[...] += slopes.sum(axis=0)
        if propagate_down[0]:
            of_x = slopes @ self.blobs_[0].data
            bottom[0].diff[...] = of_x.reshape(bottom[0].shape)
