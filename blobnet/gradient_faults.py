"""What is wrong with a layer whose `backward` says another gradient than its `forward`.

The analytic gradient is what `backward` has written; the numeric one is measured, by differences of
`forward`. Where they differ, the usual mistakes are tried: most of them leave a trace of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import wrap

import numpy as np

from blobnet.errors import explain
from blobnet.types import Array

NEAR = 1e-4
"""How far from a mistake's own result, as a part of it, a gradient may be to show this mistake."""

_SHOWN = 3

_NO_GUESS = (
    "none of the usual mistakes fits: derive the formula once more, and compare a single value by "
    "hand"
)


@dataclass
class Difference:
    """Of one blob, whose gradients differ.

    blob       "bottom[0]", "blobs_[1]"
    layer      its name and type
    start      what was in its diff before: 1 for weights, whose gradient is added, NaN for bottoms
    written    what was in it afterwards
    numeric    the gradient as measured
    wrong      which values differ
    others     the numeric gradients of all other blobs
    num_items  the length of the first bottom's first axis
    num_top    the number of tops
    again      runs backward once more; returns the diff, given where it starts, and a factor for
               each top's diff
    """

    blob: str
    layer: str
    start: float
    written: Array
    numeric: Array
    wrong: Array
    others: dict[str, Array]
    num_items: int
    num_top: int
    again: Callable[[float, list[float]], Array]

    @property
    def is_weight(self) -> bool:
        return self.start == 1

    @property
    def analytic(self) -> Array:
        analytic: Array = self.written - 1 if self.is_weight else self.written
        return analytic

    @property
    def ones(self) -> list[float]:
        return [1.0] * self.num_top


def explain_difference(found: Difference) -> str:
    """The values that differ most, and which mistakes it looks like."""
    differ = int(np.count_nonzero(found.wrong))
    return explain(
        f"{found.layer}: the gradient of {found.blob} is wrong in {differ} of "
        f"{found.wrong.size} values",
        expected="numeric, by differences of forward: " + _values(found, found.numeric),
        got="analytic, as backward says:         " + _values(found, found.analytic),
        fix="\n".join(line for text in _guesses(found) or [_NO_GUESS] for line in wrap(text, 80)),
    )


def _places(found: Difference) -> list[tuple[int, ...]]:
    """Where they differ most, the worst place first; of equal ones, by place."""
    distance = np.nan_to_num(np.abs(found.analytic - found.numeric), nan=np.inf)
    finite = distance[np.isfinite(distance)]
    largest = float(finite.max(initial=0.0)) or 1.0
    rounded = np.round(np.where(found.wrong, distance, -largest) / largest, 6)
    order = np.argsort(-rounded, axis=None, kind="stable")
    shown = order[: min(_SHOWN, int(np.count_nonzero(found.wrong)))]
    return [tuple(int(i) for i in np.unravel_index(flat, found.wrong.shape)) for flat in shown]


def _values(found: Difference, values: Array) -> str:
    return ", ".join(f"{list(place)} {values[place]:.6g}" for place in _places(found))


def _guesses(found: Difference) -> list[str]:
    """What to do about each mistake that is found; a later one only where no earlier one fits."""
    for guess in (_not_written, _overwritten, _unused_tops, _factor, _elsewhere):
        texts = list(guess(found))
        if texts:
            return texts
    return []


def _not_written(found: Difference) -> Iterator[str]:
    """Nothing was written, or not everywhere, or added to a bottom's diff."""
    name = f"{found.blob}.diff"
    if found.is_weight:
        if not found.analytic.any():
            yield f"backward adds nothing to {name}: write `{name} += ...`"
        return
    missing = np.isnan(found.written)
    if not missing.any():
        return
    from_zero = found.again(0.0, found.ones)
    if _near(from_zero, found.numeric):
        yield f"backward adds to what was in {name}: write `{name}[...] = ...`, not `+=`"
    elif missing.all() and not from_zero.any():
        yield (
            f"backward writes nothing into {name}: write `{name}[...] = ...`, into the array; "
            "`diff = ...` only names another one"
        )
    elif missing.all():
        yield f"backward uses what was in {name} before, or computes NaN itself"
    else:
        yield (
            f"backward leaves {np.count_nonzero(missing)} of {missing.size} values of {name} as "
            "they were: write all of them, zeros too"
        )


def _overwritten(found: Difference) -> Iterator[str]:
    """A weight's diff was replaced, which loses what others have added."""
    if found.is_weight and _near(found.written, found.numeric):
        yield (
            f"backward overwrites {found.blob}.diff: write `+=`, since several passes and several "
            "layers may add to it"
        )


def _unused_tops(found: Difference) -> Iterator[str]:
    """The result is the same, whatever comes from above."""
    for i in range(found.num_top):
        factors = found.ones
        factors[i] = 2.0
        if np.array_equal(found.again(found.start, factors), found.written, equal_nan=True):
            yield f"backward does not use top[{i}].diff: the chain rule multiplies by it"


def _factor(found: Difference) -> Iterator[str]:
    """Each value has the same factor too much."""
    size = float(np.vdot(found.numeric, found.numeric))
    factor = float(np.vdot(found.analytic, found.numeric)) / size if size else 0.0
    if not factor or not _near(found.analytic, factor * found.numeric):
        return
    n = found.num_items
    if abs(factor + 1) < NEAR:
        yield "the sign is turned round: analytic = -numeric"
    elif n > 1 and abs(factor / n - 1) < NEAR:
        yield f"backward sums over the {n} items where forward takes their mean: divide by {n}"
    elif n > 1 and abs(factor * n - 1) < NEAR:
        yield f"backward takes a mean over the {n} items where forward sums: do not divide by {n}"
    else:
        yield f"a factor is wrong: analytic = {factor:.6g} * numeric, in all values"


def _elsewhere(found: Difference) -> Iterator[str]:
    """It is a right gradient in a wrong place."""
    for name, numeric in found.others.items():
        if numeric.shape == found.analytic.shape and _near(found.analytic, numeric):
            yield f"this is the gradient of {name}: it was written into the wrong blob"
    shape = found.numeric.shape
    is_square = len(shape) == 2 and shape[0] == shape[1]
    if is_square and _near(found.analytic, found.numeric.T):
        yield "this is the gradient transposed"


def _near(values: Array, expected: Array) -> bool:
    scale = float(np.abs(expected).max(initial=0.0))
    return bool(scale) and np.allclose(values, expected, rtol=0, atol=NEAR * scale)
