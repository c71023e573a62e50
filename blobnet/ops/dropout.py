"""The mask of Dropout, applied as it is made."""

from __future__ import annotations

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.types import Array


@compiled_by("activation_kernel")
def drop(x: Array, mask: Array, ratio: float, scale: float, out: Array) -> None:
    """mask = scale where it was at least `ratio`, else 0; out = x * mask. `out` may be x."""
    np.greater_equal(mask, ratio, out=mask)
    mask *= scale
    np.multiply(x, mask, out=out)
