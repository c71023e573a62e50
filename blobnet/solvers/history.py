"""The first memory of an update rule."""

from __future__ import annotations

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.net import Net
from blobnet.types import Array


def zeros_for(net: Net, kind: str) -> list[Array]:
    """For every learnable parameter an array of its shape and type, all 0.

    Raises SolverError, which names the `kind` of solver, where memory is short.
    """
    try:
        return [np.zeros_like(blob.data) for blob in net.learnable_params]
    except MemoryError as error:
        values = sum(blob.count for blob in net.learnable_params)
        raise SolverError(
            explain(
                f"not enough memory for what {kind} keeps beside the weights",
                got=f"{values} weights",
                fix="make the layers smaller, or train with less: SGD keeps least",
            )
        ) from error
