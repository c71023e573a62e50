"""One scan of ReNetLSTM: its cells step by step, and their gradients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob
from blobnet.ops.product import matmul
from blobnet.ops.sigmoid import sigmoid
from blobnet.types import Array

PEEPHOLES = {0: 4, 2: 5, 3: 6}
"""Of the gates i, c, o, f those that look at the cells, and the places of their weights."""

_I, _C, _O, _F = range(4)


class Scan:
    """Cells of all rows of a step at once: x is (steps, rows, P), the states (steps, rows, D).

    blobs    the eleven weights of one scan, as `ReNetLSTM` orders them
    peeps    whether gates look at the cells
    is_back  whether the last step comes first
    """

    def __init__(self, blobs: Sequence[Blob], x: Array, *, peeps: bool, is_back: bool) -> None:
        self._blobs, self._x = blobs, x
        self._D, self._P = blobs[7].shape[0], x.shape[2]
        self._peepholes = PEEPHOLES if peeps else {}
        self._order = range(len(x))[::-1] if is_back else range(len(x))
        self._weights: Array = np.concatenate([blob.data for blob in blobs[:4]])  # (4 D, P + D)
        self._gates: Array = np.empty((*x.shape[:2], 4 * self._D), x.dtype)
        self._s, self._h = (np.zeros((len(x) + 1, x.shape[1], self._D), x.dtype) for _ in "sh")

    def run(self) -> Array:
        """The hidden values of every step. State [k + 1] is that after the k-th step."""
        of_x, of_h = self._split(self._weights)
        matmul(_rows(self._x), of_x.T, out=_rows(self._gates))
        self._gates += np.concatenate([blob.data for blob in self._blobs[7:]])
        product = np.empty_like(self._gates[0])
        for k, step in enumerate(self._order):
            i, c, o, f = gates = self._parts(self._gates[step])
            before, s, h = self._s[k], self._s[k + 1], self._h[k + 1]
            matmul(self._h[k], of_h.T, out=product)
            self._gates[step] += product
            for gate, weight in self._looking(self._peepholes.keys() - {_O}):
                gates[gate] += before @ weight.T
            for part in (i, f):
                sigmoid(part, out=part)
            np.tanh(c, out=c)
            np.multiply(f, before, out=s)
            s += c * i
            for gate, weight in self._looking(self._peepholes.keys() & {_O}):
                gates[gate] += s @ weight.T
            sigmoid(o, out=o)
            np.multiply(o, np.tanh(s), out=h)
        hidden: Array = np.empty_like(self._h[1:])
        hidden[list(self._order)] = self._h[1:]
        return hidden

    def back(self, d_hidden: Array, dx: Array, wanted: Sequence[bool]) -> None:
        """Add the gradients of x to `dx`, those of the weights that are wanted to theirs."""
        of_x, of_h = self._split(self._weights)
        d_gates = np.empty_like(self._gates)
        dh, ds = np.zeros_like(self._h[0]), np.zeros_like(self._s[0])
        for k, step in reversed(list(enumerate(self._order))):
            i, c, o, f = self._parts(self._gates[step])
            di, dc, do, df = d_parts = self._parts(d_gates[step])
            before, s = self._s[k], self._s[k + 1]
            dh += d_hidden[step]
            tanh_s = np.tanh(s)
            do[...] = dh * tanh_s * o * (1 - o)
            ds += dh * o * (1 - tanh_s * tanh_s)
            for gate, weight in self._looking(self._peepholes.keys() & {_O}):
                ds += d_parts[gate] @ weight
            di[...] = ds * c * i * (1 - i)
            dc[...] = ds * i * (1 - c * c)
            df[...] = ds * before * f * (1 - f)
            ds *= f
            for gate, weight in self._looking(self._peepholes.keys() - {_O}):
                ds += d_parts[gate] @ weight
            matmul(d_gates[step], of_h, out=dh)
        change = np.empty_like(_rows(dx))
        matmul(_rows(d_gates), of_x, out=change)
        dx += change.reshape(dx.shape)
        self._add_weight_diffs(d_gates[list(self._order)], wanted)

    def _add_weight_diffs(self, d_gates: Array, wanted: Sequence[bool]) -> None:
        """From the gradients of the gates, in the order of the scan."""
        seen = np.concatenate([self._x[list(self._order)], self._h[:-1]], axis=2)
        change = np.empty_like(self._weights)
        matmul(_rows(d_gates).T, _rows(seen), out=change)
        sums = _rows(d_gates).sum(axis=0)
        for gate in range(4):
            own = slice(gate * self._D, (gate + 1) * self._D)
            if wanted[gate]:
                self._blobs[gate].diff += change[own]
            if wanted[7 + gate]:
                self._blobs[7 + gate].diff += sums[own]
            if gate in self._peepholes and wanted[self._peepholes[gate]]:
                cells = self._s[1:] if gate == _O else self._s[:-1]
                product = _rows(d_gates)[:, own].T @ _rows(cells)
                self._blobs[self._peepholes[gate]].diff += product

    def _looking(self, gates: set[int]) -> list[tuple[int, Array]]:
        """Gates, with the weights by which they look at the cells."""
        return [(gate, self._blobs[self._peepholes[gate]].data) for gate in sorted(gates)]

    def _parts(self, gates: Array) -> list[Array]:
        return [gates[:, k * self._D : (k + 1) * self._D] for k in range(4)]

    def _split(self, weights: Array) -> tuple[Array, Array]:
        """Those of x, and those of the hidden values before."""
        return weights[:, : self._P], weights[:, self._P :]


def _rows(values: Array) -> Array:
    return values.reshape(-1, values.shape[-1])
