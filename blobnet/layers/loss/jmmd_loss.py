"""JMMDLoss: how differently features and classes of two domains are distributed, taken together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss.mmd_loss import MMDLoss, check_samples, items_of, squared_distances
from blobnet.types import Array, IntArray


@register_layer("JMMDLoss")
class JMMDLoss(MMDLoss):
    """The joint maximum mean discrepancy of two samples, of which only the gradient is computed.

    bottom[0]  source: (S, ...)   D values for each item
    bottom[1]  target: (T, ...)   D values
    bottom[2]  source's probabilities: (S, ...)   L values for each item
    bottom[3]  target's probabilities: (T, ...)   L values
    top[0]     loss: ()           always 0, as in the fork

    The kernel of two items is that of MMDLoss, k(a, b), of their features, times another of their
    probabilities p and q: l(p, q), the sum over `label_kernel_num` widths of exp(-|p - q|^2 / w): w
    is `sigma` divided by `label_kernel_mul` to the power of label_kernel_num / 2 (cut off), and
    times label_kernel_mul from one width to the next. `auto_sigma` has sigma drawn in each forward:
    the mean squared distance of S + T pairs of two items each.

    Proto: JMMDParameter.  Caffe: jmmd_layer.cu of thuml/Xlearn.
    Paper: Long et al., "Deep Transfer Learning with Joint Adaptation Networks", ICML 2017.
    """

    formula = "0; what it is for is k(s, s') l(s, s') + (t, t') - (s, t') - (s', t), over draws."
    gradient_formula = (
        "The derivative of the mean of that over draws, where the widths are constant. As in the "
        "fork, l counts for the probabilities as if all its widths were sigma."
    )

    exact_num_bottom_blobs = 4

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._use(self.layer_param_.jmmd_param)
        param = self._settings = self.layer_param_.jmmd_param
        if param.label_kernel_num < 1 or param.label_kernel_mul <= 0:
            raise self.error(
                "there is no kernel of labels",
                expected="a label_kernel_num of at least 1, a label_kernel_mul above 0",
                got=f"{param.label_kernel_num} and {param.label_kernel_mul:g}",
            )
        if not param.auto_sigma and param.sigma <= 0:
            raise self.error(
                "the kernel of labels has no width",
                got=f"sigma: {param.sigma:g}",
                fix="state `sigma`, or `auto_sigma: true`",
            )
        self._sigma = float(param.sigma)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_samples(self, bottom[:2])
        check_samples(self, bottom[2:])
        for index in (0, 1):
            if bottom[index].shape[0] != bottom[index + 2].shape[0]:
                raise self.error(
                    "every item has features and probabilities",
                    expected=f"bottom[{index + 2}] of {bottom[index].shape[0]} items",
                    got=f"shape {bottom[index + 2].shape}",
                )
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, num = items_of(bottom[:2])
        self._choose_width(squared_distances(x, x))
        if self._settings.auto_sigma and len(x) > 1:
            probabilities, _ = items_of(bottom[2:])
            first, second = self._draw_any(len(x))
            apart = probabilities[first] - probabilities[second]
            self._sigma = float(np.einsum("nl,nl->", apart, apart, dtype=np.float64)) / len(x)
        self._pairs = self._draw(num, len(x) - num) if 0 < num < len(x) else []
        top[0].data.fill(0)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, num = items_of(bottom[:2])
        p, _ = items_of(bottom[2:])
        dx, dp = np.zeros_like(x), np.zeros_like(p)
        if 1 < num < len(x) - 1:
            factor = float(top[0].diff[()]) / max(num, len(x) - num)
            for sign, first, second in self._pairs:
                values, slopes = self._kernel(_lengths(x[first] - x[second]))
                together = self._label_kernel(_lengths(p[first] - p[second]))
                _add(dx, x, first, second, 2 * sign * factor * slopes * together)
                change = -2 * sign * factor / self._sigma * values * together
                _add(dp, p, first, second, change)
        for blob, wanted, its in zip(
            bottom, propagate_down, (dx[:num], dx[num:], dp[:num], dp[num:]), strict=True
        ):
            if wanted:
                blob.diff[...] = its.reshape(blob.shape)

    def _label_kernel(self, squared: Array) -> Array:
        param = self._settings
        width = self._sigma / param.label_kernel_mul ** (param.label_kernel_num // 2)
        value = np.zeros_like(squared)
        for _ in range(param.label_kernel_num):
            value += np.exp(-squared / width)
            width *= param.label_kernel_mul
        return value

    def _draw_any(self, count: int) -> tuple[IntArray, IntArray]:
        """As many pairs of two items as there are items."""
        first, second = self.rng.integers(count, size=(2, count))
        return first, np.where(first == second, (second + 1) % count, second)


def _lengths(rows: Array) -> Array:
    """Squared."""
    lengths: Array = np.einsum("nd,nd->n", rows, rows)
    return lengths


def _add(diff: Array, x: Array, first: IntArray, second: IntArray, factors: Array) -> None:
    """To the gradients of both items of each pair, which are opposite."""
    change = (factors[:, None] * (x[first] - x[second])).astype(diff.dtype)
    np.add.at(diff, first, change)
    np.add.at(diff, second, -change)
