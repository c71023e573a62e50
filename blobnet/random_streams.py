"""Random numbers that do not depend on how many were drawn before: each pass has its own.

A layer draws in every pass of a training, and a reader for every batch, from a stream of its own:
the generator, 2**64 numbers further on for each pass or batch. So a process that makes every n-th
pass draws in it what a process would draw that makes all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

STREAM = 1 << 64
"""Numbers from one stream to the next. The generator, PCG64, has 2**128: so many streams again."""


def go_to_stream(rng: np.random.Generator, start: Mapping[str, Any], streams: int) -> None:
    """Put a generator so many streams behind a state of it; back, where they are negative.

    Generators that cannot be moved, such as MT19937, stay where they are.
    """
    advance = getattr(rng.bit_generator, "advance", None)
    if advance is None:
        return
    rng.bit_generator.state = start
    if streams:
        advance(streams * STREAM)


@contextmanager
def own_stream(rng: np.random.Generator | None) -> Iterator[None]:
    """In the `with` block one stream is drawn from; behind it, the generator is at the next one."""
    if rng is None:
        yield
        return
    start = rng.bit_generator.state
    yield
    go_to_stream(rng, start, 1)


class PassStreams:
    """A generator that is put to the start of a stream whenever a pass begins.

    Where nobody says that one begins, it is a generator as any other. `is_used` is set by who
    draws from it: those that nobody draws from are not moved until somebody does.
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self.is_used = False
        self._start: Mapping[str, Any] | None = None  # of a stream; None before the first pass
        self._behind = 0  # so many streams behind it the pass begins
        self._waits = False  # for the pass that begins at the start
        self._turn, self._turns = 0, 1

    @property
    def generator(self) -> np.random.Generator:
        """Where the numbers of this pass come from."""
        self.is_used = True
        if self._behind:
            self._move()
        return self._generator

    @property
    def unmoved(self) -> np.random.Generator:
        """The generator as it is, for what is drawn before any pass."""
        return self._generator

    @property
    def by_pass(self) -> bool:
        """Whether passes have begun: what is drawn between them does not count."""
        return self._start is not None

    def take_turns(self, turn: int, turns: int) -> None:
        """Of so many passes, that one is made here: the first ones are to come now."""
        self.set_state(self.get_state(), by_pass=self.by_pass)
        self._turn, self._turns = turn, turns

    def begin_pass(self) -> None:
        """Go to the next stream that is drawn from here."""
        if self._start is None:
            self._start, self._waits = self._generator.bit_generator.state, True
        self._behind += self._turn if self._waits else self._turns
        is_new, self._waits = self._behind or self._waits, False
        if is_new and self.is_used:
            self._move()

    def get_state(self) -> Mapping[str, Any]:
        """Where the next passes begin, after as many here as at all others: the same for all."""
        now: Mapping[str, Any] = self._generator.bit_generator.state
        if self._start is None:
            return now
        if self._waits:
            return self._start
        go_to_stream(self._generator, self._start, self._behind + self._turns - self._turn)
        state: Mapping[str, Any] = self._generator.bit_generator.state
        self._generator.bit_generator.state = now
        return state

    def set_state(self, state: Mapping[str, Any], *, by_pass: bool = False) -> None:
        """Let the next passes begin there; `by_pass`: whatever else is drawn before them."""
        self._generator.bit_generator.state = state
        self._start, self._waits = (state, True) if by_pass else (None, False)
        self._behind = 0

    def _move(self) -> None:
        if self._start is not None:
            go_to_stream(self._generator, self._start, self._behind)
            self._start = self._generator.bit_generator.state
        self._behind = 0
