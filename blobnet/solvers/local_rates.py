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


def larc_mult(param: SolverParameter, blob: Blob, lr_mult: float, momentum: float) -> float:
    """What takes the place of lr_mult with `larc`; the decay is in the gradient by then.

    (1 - momentum) * larc_eta * |w| / |g|, 1 where w or g is all 0.
    """
    if lr_mult <= 0:
        return lr_mult
    w, g = _norm(blob.data), _norm(blob.diff)
    return (1 - momentum) * param.larc_eta * w / g if w > 0 and g > 0 else 1.0


def larc_rate(param: SolverParameter, rate: float, mult: float) -> float:
    """The rate by "scale": the product; by "clip": the smaller one."""
    return min(rate, mult) if param.larc_policy == "clip" else rate * mult


def likeness(before: float, gradient: Array, changes: Array) -> float:
    """How much a gradient looks like the changes so far, by their angle; most is remembered.

    With `larc_turbo`, _COUNTED of it is taken off the rate.
    """
    g, m = _norm(gradient), _norm(changes)
    cosine = float(np.vdot(gradient, changes)) / (g * m) if g > 0 and m > 0 else 0.0
    return _REMEMBERED * before + (1 - _REMEMBERED) * cosine


def turbo_mult(mult: float, alike: float) -> float:
    """What larc_turbo leaves of larc's factor."""
    return mult - _COUNTED * alike


def _norm(values: Array) -> float:
    return math.sqrt(float(np.vdot(values, values)))
