"""Several arrays of one shape into one: weighted sum, product, maximum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.ops.recording import computes_otherwise
from blobnet.ops.relu import relu
from blobnet.ops.values import are_flat, in_blocks
from blobnet.types import Array


def _sum_of_values(
    kernels: Any, xs: Sequence[Array], weights: Sequence[float], slope: float, out: Array
) -> Any:
    # a kernel takes many arrays as one tuple, of one type: none that is only to be read
    if not (are_flat(*xs, out) and all(x.flags.writeable for x in xs)):
        return NotImplemented
    number = out.dtype.type
    terms = tuple(x.reshape(-1) for x in xs), tuple(map(number, weights))
    arguments = *terms, number(slope), out.reshape(-1)
    launch_over_values(kernels.weighted_sum, out.size, arguments)
    return None


@compiled_by("activation_kernel", _sum_of_values)
def _sum(xs: Sequence[Array], weights: Sequence[float], slope: float, out: Array) -> None:
    total = xs[0] * weights[0]
    for x, weight in zip(xs[1:], weights[1:], strict=True):
        total += x * weight
    np.copyto(out, total)
    if slope != 1:
        relu(out, slope, out=out)


def weighted_sum(
    xs: Sequence[Array], weights: Sequence[float], out: Array, slope: float = 1.0
) -> None:
    """out = weights[0] * xs[0] + weights[1] * xs[1] + ..., added up in this order, then leaky.

    What has weight 0 is not looked at, so that NaN or inf there does no harm (as in BLAS). What
    is not above 0 is multiplied by `slope` in the end.
    """
    terms = [(x, weight) for weight, x in zip(weights, xs, strict=True) if weight]
    if not terms:
        computes_otherwise()
        out[...] = 0
    elif len(terms) > 1:
        xs, weights = zip(*terms, strict=True)
        _sum(xs, weights, slope, out)
    else:
        times(*terms[0], out)
        if slope != 1:
            relu(out, slope, out=out)


def product(xs: Sequence[Array], out: Array) -> None:
    """out = xs[0] * xs[1] * ...; `out` may be xs[0]."""
    in_blocks(lambda out, *xs: _product(xs, out), out, *xs)


def _product(xs: Sequence[Array], out: Array) -> None:
    np.multiply(xs[0], xs[1] if len(xs) > 1 else 1, out=out)
    for x in xs[2:]:
        out *= x


def times(x: Array, weight: float, out: Array) -> None:
    """out = x * weight; `out` may be x."""
    in_blocks(lambda x, out: np.multiply(x, weight, out=out), x, out)


def maximum(xs: Sequence[Array], out: Array) -> NDArray[np.unsignedinteger]:
    """out = the largest value at each place; returns which of the arrays, two or more, had it.

    Of the first two the second wins unless the first is strictly greater; a later one wins
    only where it is strictly greater than all before. So NaN in xs[0] is passed over, in xs[1]
    it stays, and in a later array it is passed over.
    """
    computes_otherwise()
    dtype = np.min_scalar_type(len(xs))
    argmax: NDArray[np.unsignedinteger] = (~(xs[0] > xs[1])).astype(dtype)
    _larger(xs[1], xs[0], out)
    for index, x in enumerate(xs[2:], start=2):
        later = (x > out).astype(dtype)
        later *= dtype.type(index)
        argmax = np.maximum(argmax, later)  # an index to come is larger than all before
        _larger(out, x, out)
    return argmax


def _larger(champion: Array, challenger: Array, out: Array) -> None:
    """out = challenger where it is strictly greater, else champion; `out` may be either."""
    if np.isnan(champion.max(initial=-np.inf)) or np.isnan(challenger.max(initial=-np.inf)):
        np.copyto(out, np.where(challenger > champion, challenger, champion))
    else:
        np.maximum(champion, challenger, out=out)
