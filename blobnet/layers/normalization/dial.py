"""Dial: two domains in one batch, each standardized, with a share of the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._gathered import Gather
from blobnet.proto import TEST, DialParameter
from blobnet.types import Array


class _Standardized(NamedTuple):
    """The whole batch by the statistics of one domain.

    items    which items are of the domain
    weights  (N,) what each item counts in the statistics, for each of its values
    y        (N, C, values)
    std      (C, 1)
    """

    items: slice
    weights: Array
    y: Array
    std: Array


@register_layer("Dial")
class Dial(Layer):
    """Domain alignment: statistics of a source and a target domain, mixed by a learned share.

    bottom[0]  x: (N, C, ...)  `slice_point` items of the source, then those of the target; half of
               the batch (in the fork, of the first one) is of the source where it is -1
    top[0]     y: the shape of x
    blobs_[0]  a: (1,)    the share, which each forward brings into 0.5 to 1
    blobs_[1]  (2, C)     the sums of all batches' means: of the source's mixture, of the target's
    blobs_[2]  (2, C)     of variances, each times m / (m - 1) with m = N * (places)
    blobs_[3]  (1,)       how many batches there were; these three start at 0, are not learned, and
               a `param` must state lr_mult: 0

    In training the source is standardized by the moments of the batch in which its values count a
    in all and those of the target 1 - a; the target by those in which it is the other way round. A
    domain without items counts nothing. Sums are kept as BatchNorm keeps them
    (`moving_average_fraction`). In the TEST phase, or as `use_global_stats` says, all items are
    standardized by the sums divided by blobs_[3] (0 where that is 0): the target's, or as
    `test_stats` says.

    May work in place. The fork overwrites the gradient of a; here it is added to what is there.
    Proto: DialParameter.  Caffe: dial_layer.cpp of ducksoup/autodial.
    Paper: Carlucci et al., "AutoDIAL: Automatic DomaIn Alignment Layers", ICCV 2017.
    """

    formula = (
        "y = (x - mean) / sqrt(variance + eps), channel by channel, with moments of a of the own "
        "domain and 1 - a of the other one."
    )
    gradient_formula = (
        "dx: the derivative, through the moments of both domains;  da += the sum of "
        "-dy * ((m - o) / s + y * (v - w) / (2 s^2)), with means m, o of the own and the other "
        "domain, and mean squares v, w around the mixed mean;  dx = dy / s with stored statistics."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False
    works_in_place = True
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param, shape = self.layer_param_.dial_param, bottom[0].shape
        if len(shape) < 2:
            raise self.error("the input has no channels", expected="(N, C, ...)", got=shape)
        stated = param.HasField("use_global_stats")
        self._use_stored = param.use_global_stats if stated else self.phase == TEST
        if param.slice_point < -1:
            raise self.error("slice_point must not be below 0", got=param.slice_point)
        self._channels = shape[1]
        self.init_blob(0, (1,), param.weight_filler)
        for index, kept in enumerate(((2, self._channels), (2, self._channels), (1,)), 1):
            self.init_blob(index, kept)
        self._keep_from_solver()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if shape[1:2] != (self._channels,):
            raise self.error(
                "the input does not have the channels of the statistics",
                expected=f"shape (N, {self._channels}, ...)",
                got=f"shape {shape}",
            )
        first_target = self.layer_param_.dial_param.slice_point
        self._sources = shape[0] // 2 if first_target == -1 else first_target
        if not self._use_stored and self._sources > shape[0]:
            raise self.error(
                "the batch ends before the target's items begin",
                expected=f"at least {self._sources} items, which is slice_point",
                got=f"shape {shape}",
            )
        self._shape = (*shape[:2], bottom[0].count(2))
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        share = self.blobs_[0].data
        np.clip(share, 0.5, 1, out=share)
        x, y = (blob.data.reshape(self._shape) for blob in (bottom[0], top[0]))
        if self._use_stored:
            mean, self._std = self._stored()
            np.divide(x - mean, self._std, out=y)
            return
        source, target = slice(self._sources), slice(self._sources, None)
        found = [self._standardize(x, source, target), self._standardize(x, target, source)]
        self._domains = [domain for domain, _, _ in found]
        self._take_in(x, [mean for _, mean, _ in found], [variance for _, _, variance in found])
        for domain in self._domains:
            y[domain.items] = domain.y[domain.items]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff.reshape(self._shape)
        dx = bottom[0].diff.reshape(dy.shape) if propagate_down[0] else None
        if self._use_stored:
            if dx is not None:
                np.divide(dy, self._std, out=dx)
            return
        gradients = [self._gradients(domain, dy) for domain in self._domains]
        if self.param_propagate_down_[0]:
            self.blobs_[0].diff += sum(of_share for _, of_share in gradients)
        if dx is not None:
            np.add(gradients[0][0], gradients[1][0], out=dx)

    def use_statistics_of(self, gather: Gather) -> bool:
        if self._use_stored:
            return False
        raise self.error(
            "statistics of two domains cannot be those of all processes' batches",
            expected="training by one process, or without --sync-bn",
        )

    def _standardize(
        self, x: Array, own: slice, other: slice
    ) -> tuple[_Standardized, Array, Array]:
        """x by the moments of one domain; and those, (C,)."""
        share = float(self.blobs_[0].data[0])
        weights = np.zeros(len(x), self.dtype)
        for items, part in ((own, share), (other, 1 - share)):
            values = x[items].size // max(x.shape[1], 1)
            weights[items] = part / max(values, 1)
        mean = np.einsum("n,ncv->c", weights, x)
        y = x - mean[:, None]
        variance = np.einsum("n,ncv,ncv->c", weights, y, y)
        std = np.sqrt(variance + self.layer_param_.dial_param.eps)[:, None]
        y /= std
        return _Standardized(own, weights, y, std), mean, variance

    def _gradients(self, domain: _Standardized, dy: Array) -> tuple[Array, float]:
        """What one domain's outputs say of x, (N, C, values), and of the share."""
        own, y = domain.items, domain.y
        sums = dy[own].sum(axis=(0, 2))[:, None]
        products = (dy[own] * y[own]).sum(axis=(0, 2))[:, None]
        dx: Array = -domain.weights[:, None, None] * (sums + y * products)
        dx[own] += dy[own]
        dx /= domain.std
        is_own = np.zeros(len(y), np.bool_)
        is_own[own] = True
        change = np.zeros(
            (2, y.shape[1], 1), self.dtype
        )  # of the mean and mean square, by the share
        for items, sign in ((is_own, 1), (~is_own, -1)):
            values = max(y[items].size // max(y.shape[1], 1), 1)
            change[0] += sign * y[items].sum(axis=(0, 2))[:, None] / values
            change[1] += sign * np.square(y[items]).sum(axis=(0, 2))[:, None] / values
        return dx, float(-(sums * change[0] + products * change[1] / 2).sum())

    def _stored(self) -> tuple[Array, Array]:
        """The mean and deviation, (C, 1), that are kept for the test."""
        param = self.layer_param_.dial_param
        row = int(param.test_stats == DialParameter.TARGET)
        weight = self.blobs_[3].data[0]
        factor = 1 / weight if weight else 0 * weight
        mean, variance = (self.blobs_[index].data[row][:, None] * factor for index in (1, 2))
        return mean, np.sqrt(variance + param.eps)

    def _take_in(self, x: Array, means: list[Array], variances: list[Array]) -> None:
        m = x.size // max(self._channels, 1)
        if not m:
            return
        unbiased = m / (m - 1) if m > 1 else 1.0
        new = (np.stack(means), unbiased * np.stack(variances), np.ones(1))
        for blob, value in zip(self.blobs_[1:], new, strict=True):
            blob.data *= self.layer_param_.dial_param.moving_average_fraction
            blob.data += value

    def _keep_from_solver(self) -> None:
        """See to it that the statistics have a learning rate of 0."""
        specs = self.layer_param_.param
        for index, spec in enumerate(specs[1:4], 1):
            if spec.lr_mult != 0:
                raise self.error(
                    "Cannot configure batch normalization statistics as layer parameters.",
                    expected="lr_mult: 0 in every `param` but the first",
                    got=f"lr_mult: {spec.lr_mult:g} in param {index}",
                    fix="take the `param` out, or write lr_mult: 0",
                )
        for index in range(len(specs), 4):
            specs.add(lr_mult=float(index == 0))
