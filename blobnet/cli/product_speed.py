"""How fast this machine multiplies matrices: what the speed of a layer is compared with."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from blobnet.ops.parallel import use_one_blas_thread
from blobnet.ops.product import matmul

SIZE = 1024
SECONDS = 0.3
LEAST = 5  # products


def product_speed(
    size: int = SIZE, seconds: float = SECONDS, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Floating point operations a second: the fastest of some products of float32 squares.

    They are cut for our threads as the products of layers are.
    """
    use_one_blas_thread()
    rng = np.random.default_rng(1)
    a, b = rng.random((2, size, size), np.float32)
    out = np.empty_like(a)
    matmul(a, b, out)  # once without the clock
    fastest, until = float("inf"), clock() + seconds
    done = 0
    while done < LEAST or clock() < until:
        started = clock()
        matmul(a, b, out)
        fastest = min(fastest, clock() - started)
        done += 1
    return float(2 * size**3 / fastest)
