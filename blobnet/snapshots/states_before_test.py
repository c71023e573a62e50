"""Tests that are broken off, and done again by whoever goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from blobnet.net import Net


class StatesBeforeTest:
    """The states of the test nets: while these are tested, those of before.

    A test that is broken off is done again from its beginning: here, in a run that goes on from a
    snapshot written meanwhile, and in a copy made meanwhile.
    """

    def __init__(self, nets: list[Net]) -> None:
        self._nets = nets
        self._before: list[dict[str, Any]] | None = None

    @contextmanager
    def kept_until_tested(self, is_tested: Callable[[], bool]) -> Iterator[None]:
        """Around tests; where `is_tested` says no at their end, the states are as before."""
        self._before = before = self._now()
        try:
            yield
        finally:
            self._before = None
        if not is_tested():
            self.set_state(before)

    def get_state(self) -> list[dict[str, Any]]:
        return self._before or self._now()

    def set_state(self, states: list[dict[str, Any]]) -> None:
        """As many as there are: other test nets do not keep a training from going on."""
        for net, state in zip(self._nets, states, strict=False):
            net.set_state(state)

    def _now(self) -> list[dict[str, Any]]:
        return [net.get_state() for net in self._nets]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        before, self._before = self._before, None
        self.set_state(before or [])
