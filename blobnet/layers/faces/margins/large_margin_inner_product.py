"""LargeMarginInnerProduct: the last layer of L-Softmax, scores with a margin of angle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces._labels import IndexArray
from blobnet.layers.faces.margins._margin import Margin, MarginProduct, psi_of, quotient
from blobnet.ops.product import add_matmul, matmul
from blobnet.proto import LargeMarginInnerProductParameter
from blobnet.types import Array

TINY = 1e-9
"""Is added to lengths that are divided by."""


@register_layer("LargeMarginInnerProduct")
class LargeMarginInnerProduct(MarginProduct):
    """Scores x . w; that of the true class with a margin.

    bottom[0]  x: (M, K)      any shape: M items before `axis`, K values from `axis` on
    bottom[1]  labels: (M,)   whole numbers from 0
    bottom[2]  W: (N, K)      weights that come from elsewhere, instead of blobs_ (optional)
    top[0]     y: (M, N)      N = `num_output`, or as many as bottom[2] has
    top[1]     lambda: (1,)   what the plain score weighed in this forward (optional)
    blobs_[0]  W: (N, K)      absent where there is a bottom[2]

    The true class has |x| |w| (psi + lambda cos) / (1 + lambda): psi is cos(k t) of the angle t,
    k = 1 to 4 for `type` SINGLE to QUADRUPLE, continued so that it falls all the way: psi = (-1)^j
    cos(k t) - 2 j in the j-th of k equal parts of the half circle. SINGLE is plain. lambda =
    max(lambda_min, base (1 + gamma i)^-power), where i counts forwards (of TEST, too) on from
    `iteration`; snapshots keep it.

    Proto: LargeMarginInnerProductParameter.  Caffe: largemargin_inner_product_layer.cpp of
    L-Softmax (wy1iu/LargeMargin_Softmax_Loss); bottom[2] of happynear/caffe-windows.
    """

    formula = (
        "y = x @ W.T; of the true class |x| |w| (psi(k angle) + lambda cos(angle)) / (1 + lambda)."
    )
    gradient_formula = (
        "dx = dy @ W, dW += dy.T @ x; of the true class the derivative of |x| |w| psi in place of "
        "that of x . w, where psi has one."
    )

    min_bottom_blobs = 2
    max_bottom_blobs = 3
    backward_reads_top = False
    can_overwrite_diffs = frozenset({0})

    def message(self) -> LargeMarginInnerProductParameter:
        return self.layer_param_.largemargin_inner_product_param

    def _set_up_weights(self, bottom: Blobs, param: Any) -> None:
        if len(bottom) == 2:
            super()._set_up_weights(bottom, param)
        elif self.blobs_:
            raise self.error(
                "there are weights in the definition and in bottom[2]", fix="leave out one of them"
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if len(bottom) == 3:
            self._N = bottom[2].shape[0] if bottom[2].num_axes else 0
            if self._N < 1 or bottom[2].count != self._N * self._K:
                raise self.error(
                    "bottom[2] holds no weights for these items",
                    expected=f"a row of {self._K} weights for each class",
                    got=f"shape {bottom[2].shape}",
                )
        super().reshape(bottom, top)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        x, weight = bottom[0].data.reshape(-1, self._K), self._read_weights(bottom)
        dy = self._plain_gradients(top)
        if len(bottom) == 3 and propagate_down[2]:
            dweight = bottom[2].diff.reshape(self._N, self._K)
            dweight[...] = 0
            add_matmul(dy.T, x, out=dweight, is_zero=True)
            self._add_weight_gradient(top, x, weight, dweight)
        elif len(bottom) == 2 and self.param_propagate_down_[0]:
            dweight = self.blobs_[0].diff
            add_matmul(dy.T, x, out=dweight, is_zero=not self.accumulate)
            self._add_weight_gradient(top, x, weight, dweight)
        if propagate_down[0]:
            dx = bottom[0].diff.reshape(-1, self._K)
            matmul(dy, weight, out=dx)
            if self._margin is not None:
                margin, through_psi = self._margin, self._psi_gradients(top)
                along_x = quotient(_excess(margin) * (margin.w_norm + TINY), margin.x_norm)
                dx += (through_psi * margin.slope)[:, None] * weight[margin.label]
                dx += (through_psi * along_x)[:, None] * x

    def _add_weight_gradient(self, top: Blobs, x: Array, weight: Array, dweight: Array) -> None:
        """Add to dW what comes through psi."""
        if self._margin is None:
            return
        margin, through_psi = self._margin, self._psi_gradients(top)
        along_w = _excess(margin) * margin.x_norm / (margin.w_norm + TINY)
        rows = (through_psi * margin.slope)[:, None] * x
        rows += (through_psi * along_w)[:, None] * weight[margin.label]
        np.add.at(dweight, margin.label, rows)

    def _read_weights(self, bottom: Blobs) -> Array:
        stored = bottom[2] if len(bottom) == 3 else self.blobs_[0]
        weight: Array = stored.data.reshape(self._N, self._K)
        return weight

    def _measure(self, x: Array, weight: Array, label: IndexArray, score: Array) -> Margin:
        x_norm = np.sqrt(np.einsum("mk,mk->m", x, x))
        w_norm = np.sqrt(np.einsum("nk,nk->n", weight, weight))[label]
        cosine = score / (x_norm * w_norm + np.asarray(TINY, score.dtype))
        psi, slope = psi_of(self._kind, cosine)
        return Margin(label, x_norm, w_norm, psi, slope, cosine)

    def _length(self, margin: Margin) -> Array:
        length: Array = margin.x_norm * margin.w_norm + np.asarray(TINY, margin.x_norm.dtype)
        return length


def _excess(margin: Margin) -> Array:
    """psi without what grows with the cosine: what stays of the derivative by the lengths."""
    excess: Array = margin.psi - margin.cosine * margin.slope
    return excess
