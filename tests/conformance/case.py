"""What a layer type states for the suite: cases, with bottoms that suit them, and its limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from blobnet import Net
from blobnet.testing import LayerRun, run_layer

N: Final = -1
"""Stands in a bottom's shape for the batch size, which the suite varies."""

Draw = Callable[[int, np.random.Generator], np.ndarray]
"""A bottom's values, from the batch size and random numbers."""


@dataclass(frozen=True)
class Case:
    """A layer of some type, which the suite checks.

    options      what the prototxt states besides the type
    bottoms      how to draw each of them
    num_top      how many tops; as many as the type needs, unless stated
    phase        TRAIN or TEST
    weights      how to draw blobs_, whatever their fillers say
    no_gradient  why its gradient is not compared with differences, if it is not
    rtol         how near the gradient must come to differences
    """

    options: str = ""
    bottoms: tuple[Draw, ...] = ()
    num_top: int | None = None
    phase: str = "TRAIN"
    weights: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray] = lambda rng, shape: (
        rng.normal(size=shape)
    )
    no_gradient: str = ""
    rtol: float = 1e-6


def case(options: str, *bottoms: Draw, **more) -> Case:
    return Case(options, bottoms, **more)


Count = int | tuple[int, int | None]
"""A number of blobs: that many, or Caffe's least and largest; None where there is no largest."""


@dataclass(frozen=True)
class TypeSpec:
    """All that the suite must be told of a layer type.

    cases            every field stated once, every value of an enum or bool
    bottoms, tops    how many blobs Caffe lets it have
    more_gradients   further cases, of which gradients alone are compared
    not_compared     fields that no case with a gradient states: why
    large            cases so large that threads share the work, of a type that uses them
    is_cut_by_numpy  whether they share it where there are no compiled kernels, too
    prototxt         of a type without bottoms, in place of cases: its text, from a folder for
                     files and a batch size
    is_constant      whether all batches of that text are the same
    is_single        whether a batch of it is one item, whatever is asked for
    feed             what is done to a net of that text before it can run
    without_cases    why it has neither cases nor a `prototxt`
    writes_every_gradient  why it heeds no wishes about weights, if it does not
    changes_weights  why its backward changes them, if it does
    """

    cases: Sequence[Case] = ()
    bottoms: Count = 1
    tops: Count = 1
    more_gradients: Sequence[Case] = ()
    not_compared: Mapping[str, str] = field(default_factory=dict)
    large: Sequence[Case] = ()
    is_cut_by_numpy: bool = True
    prototxt: Callable[[Path, int], str] | None = None
    is_constant: bool = False
    is_single: bool = False
    feed: Callable[[Net], None] = lambda net: None
    without_cases: str = ""
    writes_every_gradient: str = ""
    changes_weights: str = ""


def spec(*cases: Case, **more) -> TypeSpec:
    return TypeSpec(cases, **more)


def make(type_name: str, a_case: Case, batch: int = 3, dtype=np.float64, **options) -> LayerRun:
    """The layer of a case, after a forward with weights of its own."""
    rng = np.random.default_rng(batch)
    run = run_layer(
        prototxt(type_name, a_case),
        *(draw(batch, rng) for draw in a_case.bottoms),
        phase=a_case.phase,
        num_top=a_case.num_top,
        dtype=dtype,
        **options,
    )
    rng = np.random.default_rng(99)
    for blob in run.layer.blobs_:
        blob.data[...] = a_case.weights(rng, blob.shape)
    if not options.get("in_place"):
        run.forward()
    return run


def prototxt(type_name: str, a_case: Case) -> str:
    return f'name: "it" type: "{type_name}" {a_case.options}'


# --- bottoms --------------------------------------------------------------------------------------


def values(*shape: int) -> Draw:
    """Numbers of both signs, none of them near 0."""

    def draw(batch: int, rng: np.random.Generator) -> np.ndarray:
        x = rng.normal(size=_sized(shape, batch))
        return x + np.copysign(0.1, x)

    return draw


def apart(*shape: int) -> Draw:
    """Numbers of both signs of which no two are equal, for maxima."""

    def draw(batch: int, rng: np.random.Generator) -> np.ndarray:
        sized = _sized(shape, batch)
        count = math.prod(sized)
        x = rng.permutation(count) - count // 2 + 0.3 + 0.4 * rng.random()
        return (0.1 * x).reshape(sized)

    return draw


def positive(*shape: int) -> Draw:
    """Numbers between 0.2 and 0.8: probabilities, targets, sums to draw from."""
    return lambda batch, rng: rng.uniform(0.2, 0.8, _sized(shape, batch))


def numbers(*shape: int, below: int) -> Draw:
    """Whole numbers from 0 in turn: labels, rows of a table."""

    def draw(batch: int, rng: np.random.Generator) -> np.ndarray:
        sized = _sized(shape, batch)
        return (np.arange(math.prod(sized)) + 1).reshape(sized) % below

    return draw


def marks(*shape: int) -> Draw:
    """1, 0, 1, 1, 0, 1 ...: what goes on, passes, or is similar; and what not."""

    def draw(batch: int, rng: np.random.Generator) -> np.ndarray:
        sized = _sized(shape, batch)
        return (np.arange(math.prod(sized)) % 3 != 1).astype(float).reshape(sized)

    return draw


def exactly(numbers: ArrayLike) -> Draw:
    """These numbers, whatever the batch size."""
    return lambda batch, rng: np.array(numbers, np.float64)


def _sized(shape: tuple[int, ...], batch: int) -> tuple[int, ...]:
    return tuple(batch if size == N else size for size in shape)


# --- for large cases ------------------------------------------------------------------------------

LARGE, LARGE_POSITIVE = values(N, 8, 48, 48), positive(N, 8, 48, 48)
