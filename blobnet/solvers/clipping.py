"""Clipping: gradients that are too large together are scaled down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.reports.log import log
from blobnet.types import Array


def clip(diffs: Sequence[Array], limit: float) -> None:
    """Scale all gradients down where their common L2 norm exceeds `limit`."""
    norm = float(np.sqrt(sum(float(np.vdot(diff, diff)) for diff in diffs)))
    if norm > limit:
        scale = limit / norm
        log.info(
            "Gradient clipping: scaling down gradients (L2 norm %g > %g) by scale factor %g",
            norm,
            limit,
            scale,
        )
        for diff in diffs:
            diff *= scale
