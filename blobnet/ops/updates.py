"""The update rules of the solvers in one pass over the memory, where kernels can be compiled.

The rules themselves are in `solvers/`: what is done here gives the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from blobnet.ops.jit import compiled
from blobnet.ops.values import are_flat, for_values
from blobnet.types import Array


def can_update_in_one_pass(arrays: Iterable[Sequence[Array]]) -> bool:
    """Whether there are kernels, and they can take the arrays of each parameter."""
    return compiled("updates") is not None and all(are_flat(*group) for group in arrays)


def update_in_one_pass(rule: str, arrays: Sequence[Array], numbers: Sequence[float]) -> None:
    """Turn a gradient into the change that `rule` makes of it, and subtract that.

    rule     the name of a kernel in `compiled/updates.py`
    arrays   the weights, their gradient, which becomes the change, and the rule's history
    numbers  what to multiply the gradient by; the weight decay; whether that is L1 (0 or 1); then
             what the rule itself takes, as its kernel says
    """
    kernels: Any = compiled("updates")
    kernel = getattr(kernels, rule)
    flat = [array.reshape(-1) for array in arrays]
    floats = tuple(map(float, numbers))
    for_values(lambda begin, end: kernel(begin, end, *flat, floats), flat[0].size)
