"""Batches of images in an order that is drawn anew when all have been seen."""

from __future__ import annotations

import copy
from typing import Protocol

import numpy as np

from blobnet.sources.source import State, restore_rng, whole_number
from blobnet.types import Array, Shape


class Order(Protocol):
    """In which order images come."""

    def __call__(self, rng: np.random.Generator) -> list[int]:
        """One round of all of them."""


class RoundBatches:
    """What batches of images have in common: which come next, and how to go back to there.

    `rng` is where drawing begins; it is copied, not drawn from.
    """

    def __init__(self, order: Order, rng: np.random.Generator, batch_size: int) -> None:
        self._draw_order, self._batch_size = order, batch_size
        self._rng = copy.deepcopy(rng)
        self._shuffling = np.random.default_rng(self._rng.integers(2**63))
        self._begin_round()

    def read(self) -> list[Array]:
        """The next batch: an array for each top."""
        raise NotImplementedError

    def shapes(self) -> list[Shape]:
        """Of the next batch, which has to be made to know them."""
        state = copy.deepcopy(self.get_state())
        shapes = [values.shape for values in self.read()]
        self.set_state(state)
        return shapes

    @property
    def draws(self) -> np.random.Generator:
        return self._rng

    def skip_batch(self) -> None:
        """Where the order goes on; what is drawn for a batch is of no use to the next."""
        for _ in range(self._batch_size):
            self._advance()

    def get_state(self) -> State:
        return {
            "rng": self._rng.bit_generator.state,
            "round": self._round,
            "position": self._position,
        }

    def set_state(self, state: State) -> None:
        restore_rng(self._rng, state)
        position = whole_number(state, "position")
        restore_rng(self._shuffling, {"rng": state["round"]})
        self._begin_round()
        if not position < len(self._order):
            raise ValueError("the list has fewer images")
        self._position = position

    def close(self) -> None:
        """Nothing: no file stays open."""

    def _begin_round(self) -> None:
        self._round = copy.deepcopy(self._shuffling.bit_generator.state)
        self._order, self._position = self._draw_order(self._shuffling), 0

    def _advance(self) -> int:
        """The index of the next image, which is used up by this."""
        index = self._order[self._position]
        self._position += 1
        if self._position == len(self._order):
            self._begin_round()
        return index
