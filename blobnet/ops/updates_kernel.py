"""The updates of the solvers in one pass over a parameter and its memory."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba.extending import register_jitable

from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.types import Array

BLOCK = 1024
"""Values; those of four arrays stay in the smallest cache."""


@cache
def update(rule: Any) -> Any:
    """The kernel of one of `ops/update_rules.py`: regularize, make the change, subtract it.

    w        the weights
    dw       the gradient as the net added it up; afterwards the change
    memory   the rule's, one or two arrays
    numbers  what the rule takes beside those, of the arrays' type

    Before the rule, g = dw * scale + decay * w, or decay * sign(w) where is_l1.

    All arrays are flat, and only range(begin, end) is looked at. A block at a time goes through
    the three steps, so that what one has written the next finds in the cache.
    """
    register_jitable(rule)

    @exact_kernel
    def run(
        begin: int, end: int, w: Array, dw: Array, memory: tuple[Array, ...], scale: float,
        decay: float, is_l1: bool, numbers: tuple[float, ...],
    ) -> None:  # fmt: skip
        for at in range(begin, end, BLOCK):
            stop = min(at + BLOCK, end)
            change = dw[at:stop]
            _regularize(w[at:stop], change, scale, decay, is_l1)
            if len(memory) == 1:
                h = memory[0][at:stop]
                for i in range(len(change)):
                    change[i], h[i] = rule(change[i], h[i], *numbers)
            else:
                a, b = memory[0][at:stop], memory[1][at:stop]
                for i in range(len(change)):
                    change[i], a[i], b[i] = rule(change[i], a[i], b[i], *numbers)
            _subtract(change, w[at:stop])

    return run


@inlined
def _regularize(w: Array, dw: Array, scale: float, decay: float, is_l1: bool) -> None:
    scale, decay = w.dtype.type(scale), w.dtype.type(decay)
    if scale != 1:
        for i in range(len(dw)):
            dw[i] *= scale
    if decay == 0:
        return
    if is_l1:
        for i in range(len(dw)):
            dw[i] += decay * np.sign(w[i])
    else:
        for i in range(len(dw)):
            dw[i] += decay * w[i]


@inlined
def _subtract(change: Array, w: Array) -> None:
    for i in range(len(change)):
        w[i] -= change[i]
