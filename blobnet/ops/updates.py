"""Updating weights by a rule: step by step in numpy, or in one pass by a compiled kernel.

A rule is a function such as those of `update_rules.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops import update_rules
from blobnet.ops.jit import compiled
from blobnet.ops.launch import launch_over_values
from blobnet.ops.values import are_flat, in_blocks
from blobnet.types import Array

Rule = Callable[..., tuple[Any, ...]]


class Regularization(NamedTuple):
    """What becomes of a gradient before the rule: g = dw * scale + decay * (w, or its sign)."""

    scale: float
    decay: float
    is_l1: bool


def make_change(rule: Rule, diff: Array, memory: Sequence[Array], numbers: Sequence[float]) -> None:
    """Write the change that `rule` makes of a gradient over it, and the new memory over the old."""

    def some(*arrays: Array) -> None:
        for array, new in zip(arrays, rule(*arrays, *numbers), strict=True):
            array[...] = new

    in_blocks(some, *map(np.atleast_1d, (diff, *memory)))  # a single value would become float64


def can_update_in_one_pass(rule: Rule, arrays: Iterable[Sequence[Array]]) -> bool:
    """Whether there is a kernel for a rule, which can take the arrays of each parameter."""
    is_ours = rule.__module__ == update_rules.__name__  # another's may be more than numba can do
    return (
        is_ours
        and compiled("updates_kernel") is not None
        and all(are_flat(*some) for some in arrays)
    )


def of_type(dtype: np.dtype[Any], numbers: Iterable[float]) -> tuple[Any, ...]:
    """The numbers of a rule in the type in which a kernel computes."""
    return tuple(map(dtype.type, numbers))


def update_in_one_pass(
    rule: Rule, arrays: Sequence[Array], regularization: Regularization, numbers: tuple[Any, ...]
) -> None:
    """Regularize a gradient, turn it into the change that `rule` makes of it, and subtract that.

    arrays   the weights, their gradient, which becomes the change, and the rule's memory
    numbers  what the rule takes beside those, of their type: see `of_type`
    """
    kernels: Any = compiled("updates_kernel")
    kernel = kernels.update(rule)
    w, dw, *memory = [array.reshape(-1) for array in arrays]
    rest = (tuple(memory), *regularization, numbers)
    launch_over_values(kernel, w.size, (w, dw, *rest))
