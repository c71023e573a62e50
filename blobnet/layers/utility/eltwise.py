"""Eltwise: the sum, product or maximum of several blobs, value by value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.inference.fusion import leaky_slope
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.ops.eltwise import maximum, product, times, weighted_sum
from blobnet.ops.workspace import scratch
from blobnet.proto import TRAIN, EltwiseParameter
from blobnet.types import Array, Shape

_PROD, _SUM = EltwiseParameter.PROD, EltwiseParameter.SUM
_STOCHASTIC, _SORT = EltwiseParameter.STOCHASTIC_SUM, EltwiseParameter.SORT


@register_layer("Eltwise")
class Eltwise(Layer):
    """Elementwise operation on two or more bottoms: y = x_0 op x_1 op x_2 ...

    bottom[i]  x_i: any shape, the same for all; up to four axes, ones at its end do not count
    top[0]     y: the shape of x_0

    SUM   y = coeff[0] * x_0 + coeff[1] * x_1 + ...; every `coeff` is 1 unless stated
    PROD  y = x_0 * x_1 * ...
    MAX   y = the largest. Where x_0 and x_1 are equal, x_1 counts as the larger one; a later
          bottom must be strictly larger than all before it. A `coeff` changes nothing.

    With `coeff_blob`, of LRCN, the last bottom has more factors for a SUM:

    bottom[n]  c: (n, ...)  for each x_i before it a factor, or as many as x has on its first axes;
                            it has no gradient

    In Synopsys' caffe bottom[1] may have some axes of x_0, from `axis` (0 unless stated) on, and
    counts again and again along the others. (Its gradient is summed along these; the fork has no
    right one.)

    STOCHASTIC_SUM  of TSN: in TRAIN each x_i is in the sum with the probability coeff[i], drawn
          once for all its values; in TEST as SUM
    SORT  of caffe-windows: y = (1 + x_0) * (1 + x_1) * ..., which sorts nothing

    Proto: EltwiseParameter.  Caffe: eltwise_layer.cpp, also those of TSN (yjxiong/caffe), LRCN
    (LisaAnne/lisa-caffe-public), caffe-windows (happynear/caffe-windows) and Synopsys.
    """

    formula = (
        "PROD: y = x_0 * x_1 * ...;  SUM: y = coeff[0] * x_0 + coeff[1] * x_1 + ...;  "
        "MAX: y = the largest of x_0, x_1, ..."
    )
    gradient_formula = (
        "SUM dx_i = coeff[i] * dy;  MAX dx_i = dy where x_i was the largest, else 0; PROD dx_i = "
        "dy * the product of the others, or dy * y / x_i (faster for many bottoms, NaN where x_i "
        "is 0) when `stable_prod_grad` is false."
    )

    min_bottom_blobs = 2
    exact_num_top_blobs = 1
    can_be_recorded = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.eltwise_param
        self._operation = param.operation
        self._stable = param.stable_prod_grad
        self._plus = 1 if param.operation == _SORT else 0  # what is added to the factors
        self._is_drawn = param.operation == _STOCHASTIC and self.phase == TRAIN
        self._is_sum = param.operation in (_SUM, _STOCHASTIC)
        is_product = self._is_product = param.operation in (_PROD, _SORT)
        self._has_factors = param.coeff_blob
        self.can_be_recorded = not (self._is_drawn or self._plus or self._has_factors)
        self.backward_reads_bottom = is_product or self._has_factors
        self.backward_reads_top = is_product and not param.stable_prod_grad
        self._slope = 1.0  # of a rectifier behind, in the inference mode
        summed = len(bottom) - self._has_factors
        self._axis, shape, other = param.axis, bottom[0].shape, bottom[min(summed, 2) - 1].shape
        self._is_spread = len(other) < len(shape) and not self._is_alike(other, shape)
        self.can_be_recorded &= not self._is_spread
        self._coeffs = list(param.coeff) or [1.0] * summed
        if len(self._coeffs) != summed:
            raise self.error(
                "Eltwise Layer takes one coefficient per bottom blob.",
                expected=f"{summed} times `coeff`, or none",
                got=len(self._coeffs),
            )
        if self._has_factors and param.operation != _SUM:
            raise self.error("coeff_blob option only implemented for the SUM operation")
        if param.operation == _PROD and param.coeff:
            raise self.error("Eltwise layer only takes coefficients for summation.")
        if param.operation != _PROD and any(top[0] is blob for blob in bottom):
            raise self.error(
                "a sum or maximum cannot work in place: it would overwrite what it reads",
                fix="give the top a name of its own",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if self._has_factors:
            self._check_factors(bottom)
        for index, blob in enumerate(bottom[: len(bottom) - self._has_factors]):
            if index == 1 and self._is_spread:
                self._check_spread(blob.shape, bottom[0])
            elif not self._is_alike(blob.shape, bottom[0].shape):
                raise self.error(
                    "all bottoms must have the same shape",
                    expected=f"shape {bottom[0].shape}, as bottom[0]",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        xs, y = self._values(bottom), top[0].data
        if self._has_factors:
            weighted = (x * self._factor(bottom, i) for i, x in enumerate(xs[:-1]))
            np.copyto(y, sum(weighted))
        elif self._is_product:
            product(self._factors(xs), out=y)
        elif self._is_sum:
            self._weights = self._draw() if self._is_drawn else self._coeffs
            weighted_sum(xs, self._weights, out=y, slope=self._slope)
        else:
            self._argmax = maximum(xs, out=y)

    @staticmethod
    def _is_alike(shape: Shape, other: Shape) -> bool:
        """Whether they are one shape of four axes, which is what blobs had until 2014."""
        are_old = max(len(shape), len(other)) <= 4
        ones = (1, 1, 1, 1)
        return shape == other or (are_old and (*shape, *ones)[:4] == (*other, *ones)[:4])

    def _check_spread(self, shape: Shape, x: Blob) -> None:
        axis = x.canonical_axis(self._axis) if x.num_axes else 0
        if x.shape[axis : axis + len(shape)] != shape:
            raise self.error(
                "all bottoms must have the same shape",
                expected=f"shape {x.shape}, as bottom[0]; or for bottom[1] axes of it, from "
                f"axis {axis} on",
                got=f"bottom[1] of shape {shape}",
            )
        self._before, self._behind = axis, x.num_axes - axis - len(shape)

    def _spread(self, values: Array, x: Blob) -> Array:
        """Those of bottom[1], again and again along the axes that it does not have."""
        shape = (1,) * self._before + values.shape + (1,) * self._behind
        spread: Array = np.broadcast_to(values.reshape(shape), x.shape).copy()
        return spread

    def _gather(self, diff: Array, out: Array) -> None:
        """The gradient of bottom[1], from that of what was spread."""
        axes = [*range(self._before), *range(diff.ndim - self._behind, diff.ndim)]
        out[...] = diff.sum(axis=tuple(axes))

    def _values(self, bottom: Blobs) -> list[Array]:
        """Those of all bottoms, in the shape of the first but for factors."""
        summed = len(bottom) - self._has_factors
        shape = bottom[0].shape
        xs = [
            self._spread(blob.data, bottom[0])
            if index == 1 and self._is_spread
            else blob.data.reshape(shape)
            for index, blob in enumerate(bottom[:summed])
        ]
        return xs + [blob.data for blob in bottom[summed:]]

    def _factors(self, xs: Sequence[Array]) -> Sequence[Array]:
        return [x + self._plus for x in xs] if self._plus else xs

    def _check_factors(self, bottom: Blobs) -> None:
        shape, factors = bottom[0].shape, bottom[-1].shape
        if not factors or factors != (len(bottom) - 1, *shape[: len(factors) - 1]):
            raise self.error(
                "the coefficients do not fit the other bottoms",
                expected=f"({len(bottom) - 1},), and behind it the first axes of {shape} or none",
                got=f"shape {factors}",
            )

    def _factor(self, bottom: Blobs, index: int) -> Array:
        """What a bottom is multiplied by: one number, or one for each index of its first axes."""
        factors = bottom[-1].data[index]
        behind = (1,) * (bottom[0].num_axes - factors.ndim)
        factor: Array = factors.reshape(factors.shape + behind) * self._coeffs[index]
        return factor

    def _draw(self) -> list[float]:
        drawn = self.rng.random(len(self._coeffs))
        return [float(u <= coeff) for u, coeff in zip(drawn, self._coeffs, strict=True)]

    def gains_by_blocks(self) -> bool:
        return False

    def may_lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> bool:
        return all((*bottom, *top)) and not self._has_factors

    def lie_in_blocks(self, bottom: Sequence[bool], top: Sequence[bool]) -> None:
        """Value by value: it does not matter how they lie."""

    def fuse(self, followers: Sequence[Layer]) -> bool:
        slope = leaky_slope(followers[0])
        is_plain_sum = self._is_sum and not self._has_factors
        if not is_plain_sum or len(followers) != 1 or slope is None:
            return False
        self._slope = slope
        return True

    def fold(self) -> None:
        """A rectifier has no weights."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff
        for index, wanted in enumerate(propagate_down):
            if not wanted:
                continue
            dx = bottom[index].diff
            if index == 1 and self._is_spread:
                dx = scratch("spread diff", dy.shape, dy.dtype)
            elif index + self._has_factors < len(bottom):
                dx = dx.reshape(dy.shape)
            if self._has_factors:
                if index == len(bottom) - 1:
                    dx.fill(0)
                else:
                    np.multiply(dy, self._factor(bottom, index), out=dx)
            elif self._is_product:
                self._product_gradient(index, bottom, top, out=dx)
            elif self._is_sum:
                times(dy, self._weights[index], out=dx)
            else:
                np.multiply(dy, self._argmax == index, out=dx)
            if index == 1 and self._is_spread:
                self._gather(dx, out=bottom[1].diff)

    def _product_gradient(self, index: int, bottom: Blobs, top: Blobs, out: Array) -> None:
        if top[0] is bottom[0]:
            raise self.error(
                "a product that works in place has no gradient: its input is overwritten",
                fix="give the top a name of its own",
            )
        xs = self._values(bottom)
        if self._stable:
            product(self._factors(xs[:index] + xs[index + 1 :]), out=out)
        else:
            np.divide(top[0].data, self._factors(xs)[index], out=out)
        product([out, top[0].diff], out=out)
