"""Rates of each weight blob by the sizes of its values and of its gradient.

You et al., "Large Batch Training of Convolutional Networks", 2017 (LARS). In Caffe's forks:
`local_lr_auto` of Intel, `larc` of NVCaffe; SGDSolver::GetLocalRate in sgd_solver.cpp of both.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.proto import SolverParameter
from blobnet.types import Array

LARC_POLICIES = ("scale", "clip")
_REMEMBERED = 0.95  # of the likeness of the last gradients and changes, larc_turbo's
_COUNTED = 0.9


def check_local_rates(param: SolverParameter) -> None:
    """Raise SolverError for a larc_policy that there is not."""
    if param.larc and param.larc_policy not in LARC_POLICIES:
        raise SolverError(
            explain(
                f'Unknown larc policy: "{param.larc_policy}"',
                expected=" or ".join(LARC_POLICIES),
                fix=did_you_mean(param.larc_policy, LARC_POLICIES),
            )
        )


def lars_mult(param: SolverParameter, blob: Blob, lr_mult: float) -> float:
    """What takes the place of lr_mult with `local_lr_auto`, before the decay is in the gradient.

    local_gw_ratio * |w| / (|g| + weight_decay * |w|), 1 where w or g is all 0.
    """
    if lr_mult <= 0:
        return lr_mult
    w, g = _norm(blob.data), _norm(blob.diff)
    if not (w > 0 and g > 0):
        return 1.0
    return param.local_gw_ratio * w / (g + param.weight_decay * w)


class Larc:
    """The rates of `larc`; the decay is in the gradients by then.

    mult = (1 - momentum) * larc_eta * |w| / |g|, 1 where w or g is all 0, takes the place of
    lr_mult; by larc_policy "clip" it is a rate, which counts where it is below the other. With
    `larc_turbo` the likeness of the gradients and the changes so far is taken off.
    """

    def __init__(self, count: int) -> None:
        self.likeness = [0.0] * count

    def rate(
        self, param: SolverParameter, index: int, blob: Blob, lr_mult: float, rate: float,
        momentum: float, changes: Array,
    ) -> float:  # fmt: skip
        """The rate of one weight blob; `changes` is what the rule remembers of it."""
        mult = lr_mult
        if lr_mult > 0:
            w, g = _norm(blob.data), _norm(blob.diff)
            mult = (1 - momentum) * param.larc_eta * w / g if w > 0 and g > 0 else 1.0
            if param.larc_turbo:
                mult -= _COUNTED * self._remembered(index, blob.diff, changes)
        return min(rate, mult) if param.larc_policy == "clip" else rate * mult

    def _remembered(self, index: int, gradient: Array, changes: Array) -> float:
        g, m = _norm(gradient), _norm(changes)
        cosine = float(np.vdot(gradient, changes)) / (g * m) if g > 0 and m > 0 else 0.0
        before = self.likeness[index]
        self.likeness[index] = _REMEMBERED * before + (1 - _REMEMBERED) * cosine
        return self.likeness[index]


def _norm(values: Array) -> float:
    return math.sqrt(float(np.vdot(values, values)))
