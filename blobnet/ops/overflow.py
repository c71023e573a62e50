"""How numpy treats what floats cannot hold: said here, for all layers, threads and updates."""

from __future__ import annotations

import numpy as np


def overflow_allowed() -> np.errstate:
    """A `with` block in which numpy does not warn: infinities and NaN are results like others.

    Layer.forward and Layer.backward run in one, an update of the weights too, and every thread
    that computes beside them: numpy keeps this setting for each thread by itself. What went wrong
    is looked for afterwards, in the loss (see `diagnostics/`).
    """
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")
