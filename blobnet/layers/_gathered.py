"""Values of several processes, gathered; statistics of a batch stand in `_statistics_of_all.py`.

gather  (n,) of float64 -> (processes, n), in the order of processes; None where this process is
        alone
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.types import Array

Gather = Callable[[Array], Array]


def mean(values: Array, gather: Gather | None) -> Array:
    """The mean over the items of all batches: (N, ...) -> (...); there have to be some."""
    if gather is None:
        own: Array = values.mean(axis=0)
        return own
    sums = values.sum(axis=0, dtype=np.float64)
    of_all = gather(np.concatenate([[len(values)], sums.reshape(-1)])).sum(axis=0)
    of_items: Array = (of_all[1:] / of_all[0]).reshape(sums.shape).astype(values.dtype)
    return of_items


def joined(values: Array, gather: Gather | None) -> Array:
    """(n,) of all processes, in their order. Raises LayerError where one has more than others."""
    if gather is None:
        return values
    sizes = gather(np.array([values.size], np.float64)).reshape(-1).astype(int)
    if (sizes != sizes[0]).any():
        what = "values of all processes are counted together here"
        raise LayerError(explain(what, expected="as many of each", got=sizes.tolist()))
    return gather(values.astype(np.float64)).reshape(-1)
