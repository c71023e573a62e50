"""What formats share whose cases are rounds: a seed, with which files are made, broken and read."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

Round = Callable[[random.Random, Path], None]
"""Breaks something with the generator, in an empty folder, and reads it."""


def draw(rng: random.Random) -> int:
    """A case for scripts/fuzz: the seed of one round."""
    return rng.getrandbits(40)


def one_of(rounds: list[Round], case: int) -> None:
    """Run one of these rounds, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        rounds[case % len(rounds)](random.Random(case), Path(folder))


def smaller(case: int) -> Iterator[int]:
    """A round has but one seed."""
    return iter(())


def show(case: int) -> str:
    return f"round {case}"
