"""LpqLoss: how long differences are, in a norm that may change while a net learns."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.loss._loss import Loss
from blobnet.layers.motion._known_difference import (
    KnownDifference,
    check_difference,
    give,
    known_difference,
)
from blobnet.proto import TRAIN
from blobnet.types import Array


@register_layer("LpqLoss")
class LpqLoss(Loss):
    """The sum over all places of (sum over channels of |a - b|^p)^q.

    bottom[0]  a: (N, C, ...)
    bottom[1]  b: (N, C, ...)  optional: without it, a is the difference
    top[0]     loss: ()

    `p_epsilon` and `q_epsilon` are added below the powers. The sum over channels is divided by
    their number with `l2_prescale_by_channels`, the loss by the batch size, or by the number of
    places that are known with `normalize_by_num_entries`. NaN marks what is unknown: it does not
    count and gets no gradient; where nothing is known the loss is 0 (FlowNet2 divides by 0).

    With several p and q, each pair holds from iteration `pq_episode_starts_at_iter` on; iterations
    are forward passes in TRAIN. In TEST the first pair stays, as in FlowNet2, whose test nets count
    none.

    Proto: LpqLossParameter.
    Caffe: lpq_loss_layer.cu, lpq_loss_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "loss = sum over places of (sum over c of (|a - b| + p_epsilon)^p + q_epsilon)^q / N"
    gradient_formula = (
        "da = q (s + q_epsilon)^(q - 1) * p (|a - b| + p_epsilon)^(p - 1) * sign(a - b) * dloss / "
        "N,  s the sum over c,  db = -da"
    )

    exact_num_bottom_blobs = None
    min_bottom_blobs = 1
    max_bottom_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._iteration = 0
        param = self.layer_param_.lpq_loss_param
        starts = list(param.pq_episode_starts_at_iter)
        if not starts and len(param.p) == len(param.q) == 1:
            starts = [0]
        if not len(starts) == len(param.p) == len(param.q) or not starts:
            raise self.error(
                "p, q and pq_episode_starts_at_iter must be given equally often, at least once",
                got=f"{len(param.p)} p, {len(param.q)} q, {len(starts)} starts",
                fix="one p and one q need no start",
            )
        if starts[0] != 0 or any(b <= a for a, b in itertools.pairwise(starts)):
            raise self.error(
                "pq_episode_starts_at_iter must begin with 0, and rise", got=f"{starts}"
            )
        self._episodes = list(zip(starts, param.p, param.q, strict=True))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        check_difference(self, bottom, least_axes=2)
        top[0].reshape(())

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.lpq_loss_param
        self._p, self._q = self._powers()
        self._iteration += self.phase == TRAIN
        self._d: KnownDifference = known_difference(bottom)
        self._n = self._d.normalizer(by_entries=param.normalize_by_num_entries)
        self._scale = 1 / self._d.channels if param.l2_prescale_by_channels else 1.0
        self._distance = np.abs(self._d.value) + param.p_epsilon
        self._sum = _power(self._distance, self._p).sum(axis=1, keepdims=True) * self._scale
        self._sum += param.q_epsilon
        top[0].data[...] = _power(self._sum, self._q).sum() / self._n

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        share = float(top[0].diff[()]) / self._n * self._scale
        gradient = share * _slope(self._sum, self._q) * _slope(self._distance, self._p)
        gradient *= np.where(self._d.value > 0, 1, -1)
        gradient[~self._d.is_known] = 0
        give(gradient, list(propagate_down), bottom)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "iteration": self._iteration}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._iteration = int(state.get("iteration", 0))

    def _powers(self) -> tuple[float, float]:
        """p and q of the episode that holds now."""
        held = [episode for episode in self._episodes if episode[0] <= self._iteration]
        return held[-1][1:]


def _power(x: Array, power: float) -> Array:
    result: Array = x**power if power != 1 else x
    return result


def _slope(x: Array, power: float) -> Array:
    """The derivative of `_power`."""
    slope: Array = power * x ** (power - 1) if power not in (0, 1) else np.full_like(x, power)
    return slope
