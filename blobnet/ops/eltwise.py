"""Several arrays of one shape into one: weighted sum, product, maximum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blobnet.types import Array


def weighted_sum(xs: Sequence[Array], weights: Sequence[float], out: Array) -> None:
    """out = weights[0] * xs[0] + weights[1] * xs[1] + ..., added up in this order.

    What has weight 0 is not looked at, so that NaN or inf there does no harm (as in BLAS).
    """
    terms = [(weight, x) for weight, x in zip(weights, xs, strict=True) if weight]
    if not terms:
        out[...] = 0
        return
    with np.errstate(over="ignore", invalid="ignore"):
        first, *others = terms
        if first[0] == 1 and others and others[0][0] == 1:
            np.add(first[1], others.pop(0)[1], out=out)
        else:
            np.multiply(first[1], first[0], out=out)
        for weight, x in others:
            out += x if weight == 1 else x * weight


def product(xs: Sequence[Array], out: Array) -> None:
    """out = xs[0] * xs[1] * ...; `out` may be xs[0]."""
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(xs[0], xs[1] if len(xs) > 1 else 1, out=out)
        for x in xs[2:]:
            out *= x


def maximum(xs: Sequence[Array], out: Array) -> NDArray[np.unsignedinteger]:
    """out = the largest value at each place; returns which of the arrays, two or more, had it.

    Of the first two the second wins unless the first is strictly greater; a later one wins
    only where it is strictly greater than all before. So NaN in xs[0] is passed over, in xs[1]
    it stays, and in a later array it is passed over.
    """
    dtype = np.min_scalar_type(len(xs))
    winner: NDArray[np.unsignedinteger] = (~(xs[0] > xs[1])).astype(dtype)
    _larger(xs[1], xs[0], out)
    for index, x in enumerate(xs[2:], start=2):
        won = (x > out).astype(dtype)
        won *= dtype.type(index)
        winner = np.maximum(winner, won)  # an index to come is larger than all before
        _larger(out, x, out)
    return winner


def _larger(champion: Array, challenger: Array, out: Array) -> None:
    """out = challenger where it is strictly greater, else champion; `out` may be either."""
    if np.isnan(champion.max(initial=-np.inf)) or np.isnan(challenger.max(initial=-np.inf)):
        np.copyto(out, np.where(challenger > champion, challenger, champion))
    else:
        np.maximum(champion, challenger, out=out)
