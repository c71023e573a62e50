"""In which order RoIDataLayer takes its images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.sources.source import whole_number
from blobnet.types import Array


class Order:
    """Rounds through all images in a drawn order, a batch at a time."""

    def __init__(self, batch: int, grouped: bool, rng: np.random.Generator) -> None:
        self._batch, self._grouped, self._rng = batch, grouped, rng
        self._wide: Array = np.zeros(0, bool)
        self._round: list[int] = []
        self._at = 0
        self._is_restored = False

    def begin(self, wide: Sequence[bool]) -> None:
        """Begin a round through so many images, wide or not; a restored one goes on."""
        self._wide = np.array(wide, bool)
        if not (self._is_restored and len(self._round) == len(wide)):
            self._shuffle()
        self._is_restored = False

    def next(self) -> list[int]:
        """The images of the next batch."""
        if self._at + self._batch >= len(self._wide):
            self._shuffle()
        chosen = self._round[self._at : self._at + self._batch]
        self._at += self._batch
        return chosen

    def get_state(self) -> dict[str, Any]:
        return {"round": list(self._round), "at": self._at}

    def set_state(self, state: dict[str, Any]) -> None:
        """Raises ValueError, KeyError or TypeError for what is no such state."""
        order, at = state["round"], whole_number(state, "at")
        if not isinstance(order, list) or not all(type(index) is int for index in order):
            raise ValueError("round is no list of numbers")
        if sorted(order) != list(range(len(order))):
            raise ValueError("round does not have every image once")
        if len(self._wide) and len(order) not in (0, len(self._wide)):
            raise ValueError(f"{len(order)} images; the roidb has {len(self._wide)}")
        self._is_restored = not len(self._wide)
        if order:
            self._round, self._at = list(order), at

    def _shuffle(self) -> None:
        """Draw a new order; where images are grouped, of pairs that are both tall or both wide."""
        draw = self._rng.permutation
        if self._grouped:
            by_shape = [draw(np.flatnonzero(self._wide)), draw(np.flatnonzero(~self._wide))]
            order = np.concatenate(by_shape)
            pairs = len(order) // 2
            order[: 2 * pairs] = draw(order[: 2 * pairs].reshape(pairs, 2)).reshape(-1)
        else:
            order = draw(len(self._wide))
        self._round, self._at = [int(index) for index in order], 0
