"""Clipping: gradients, or weights, that are too large together are scaled down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.proto import SolverParameter
from blobnet.reports.log import log
from blobnet.types import Array


def clip(diffs: Sequence[Array], limit: float) -> None:
    """Scale all gradients down where their common L2 norm exceeds `limit`."""
    norm = _norm(diffs)
    if norm > limit:
        log.info(
            "Gradient clipping: scaling down gradients (L2 norm %g > %g) by scale factor %g",
            norm,
            limit,
            _scale(diffs, limit / norm),
        )


def limits_weights(param: SolverParameter) -> bool:
    """Whether `clip_weights`, `clamp_weights_lower` or `clamp_weights_upper` is stated."""
    return param.clip_weights >= 0 or _clamps(param)


def limit_weights(param: SolverParameter, weights: Sequence[Array]) -> None:
    """What caffe-windows does to the weights before it changes them: sgd_solver.cpp.

    Where their common L2 norm exceeds clip_weights they are scaled down; then those below
    clamp_weights_lower or above clamp_weights_upper become that.
    """
    if 0 <= param.clip_weights < (norm := _norm(weights)):
        log.info(
            "Weight clipping: scaling down weights (L2 norm %g > %g) by scale factor %g",
            norm,
            param.clip_weights,
            _scale(weights, param.clip_weights / norm),
        )
    if _clamps(param):
        for values in weights:
            np.clip(values, param.clamp_weights_lower, param.clamp_weights_upper, out=values)


def _clamps(param: SolverParameter) -> bool:
    return param.HasField("clamp_weights_lower") or param.HasField("clamp_weights_upper")


def _norm(arrays: Sequence[Array]) -> float:
    return float(np.sqrt(sum(float(np.vdot(array, array)) for array in arrays)))


def _scale(arrays: Sequence[Array], scale: float) -> float:
    for array in arrays:
        array *= scale
    return scale
