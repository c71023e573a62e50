"""What Exp and Log have in common: the base they work to."""

from __future__ import annotations

import math

from blobnet.layer import Layer


def log_of_base(layer: Layer, base: float) -> float:
    """The natural logarithm of `base`, where -1 stands for e. Raises LayerError."""
    if base == -1:
        return 1.0
    if not base > 0:
        raise layer.error(
            "base must be strictly positive.",
            expected="a number above 0, or -1 for e",
            got=f"base: {base:g}",
        )
    if math.isinf(base):
        raise layer.error(
            "Inf result: log(base) = log(inf) = inf",
            expected="a finite number above 0, or -1 for e",
            got="base: inf",
        )
    return math.log(base)
