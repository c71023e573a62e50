"""MarginInnerProduct: the last layer of SphereFace, scores with a margin of angle (A-Softmax)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.faces._labels import IndexArray
from blobnet.layers.faces.margins._margin import Margin, MarginProduct, psi_of, quotient
from blobnet.ops.product import add_matmul, matmul
from blobnet.proto import MarginInnerProductParameter
from blobnet.types import Array


@register_layer("MarginInnerProduct")
class MarginInnerProduct(MarginProduct):
    """Scores |x| cos(angle to each class); that of the true class with a margin.

    bottom[0]  x: (M, K)      any shape: M items before `axis`, K values from `axis` on
    bottom[1]  labels: (M,)   whole numbers from 0
    top[0]     y: (M, N)      N = `num_output`
    top[1]     lambda: (1,)   what the plain cosine weighed in this forward (optional)
    blobs_[0]  W: (N, K)      each forward first makes its rows 1 long, in place; rows of 0 stay

    The true class has |x| (psi + lambda cos) / (1 + lambda): psi is cos(k t) of the angle t, k = 1
    to 4 for `type` SINGLE to QUADRUPLE, continued so that it falls all the way: psi = (-1)^j
    cos(k t) - 2 j in the j-th of k equal parts of the half circle. SINGLE is plain. lambda =
    max(lambda_min, base (1 + gamma i)^-power), where i counts forwards (of TEST, too) on from
    `iteration`; snapshots keep it. An item of 0 has the score 0, where Caffe has NaN.

    Proto: MarginInnerProductParameter.  Caffe: margin_inner_product_layer.cpp of SphereFace
    (wy1iu/sphereface).
    """

    formula = (
        "y = x @ W.T with rows of W made 1 long; of the true class |x| (psi(k angle) + lambda "
        "cos(angle)) / (1 + lambda)."
    )
    gradient_formula = (
        "As in the fork, not the derivative: dW += dy.T @ x, without margin; dx = dy @ W, but of "
        "the true class (a w + b x + lambda w) dy / (1 + lambda), with (a, b) of the derivative of "
        "|x| psi made 1 long."
    )

    exact_num_bottom_blobs = 2
    backward_reads_top = False
    can_overwrite_diffs = frozenset({0})

    def message(self) -> MarginInnerProductParameter:
        return self.layer_param_.margin_inner_product_param

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        x, weight = bottom[0].data.reshape(-1, self._K), self.blobs_[0].data
        if self.param_propagate_down_[0]:
            dy = top[0].diff.reshape(-1, self._N)
            add_matmul(dy.T, x, out=self.blobs_[0].diff, is_zero=not self.accumulate)
        if not propagate_down[0]:
            return
        dx = bottom[0].diff.reshape(-1, self._K)
        matmul(self._plain_gradients(top), weight, out=dx)
        if self._margin is not None:
            along_w, along_x = _unit_direction(self._margin)
            through_psi = self._psi_gradients(top)
            dx += (through_psi * along_w)[:, None] * weight[self._margin.label]
            dx += (through_psi * along_x)[:, None] * x

    def _read_weights(self, bottom: Blobs) -> Array:
        weight = self.blobs_[0].data
        length = np.sqrt(np.einsum("nk,nk->n", weight, weight))
        weight *= np.divide(1, length, out=np.zeros_like(length), where=length != 0)[:, None]
        return weight

    def _measure(self, x: Array, weight: Array, label: IndexArray, score: Array) -> Margin:
        x_norm = np.sqrt(np.einsum("mk,mk->m", x, x))
        cosine = quotient(score, x_norm)
        psi, slope = psi_of(self._kind, cosine)
        return Margin(label, x_norm, np.ones_like(x_norm), psi, slope, cosine)

    def _length(self, margin: Margin) -> Array:
        return margin.x_norm


def _unit_direction(margin: Margin) -> tuple[Array, Array]:
    """The fork's coefficients of w and x in the derivative of |x| psi: a vector of length 1."""
    along_w = margin.slope
    along_x = quotient(margin.psi - margin.cosine * margin.slope, margin.x_norm)
    length = np.hypot(along_w, along_x)
    return quotient(along_w, length), quotient(along_x, length)
