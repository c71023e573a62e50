"""The decorator of every compiled kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """`function`, compiled when first called and kept on disk for the next process.

    It lets go of the interpreter while it runs. Only products and sums may be fused into one
    rounding: the order of adding stays as written.
    """
    compiled = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
    return cast(Function, compiled(function))
