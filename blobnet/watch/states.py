"""States of a training that can be gone back to: in memory, exact to the bit, within bounds.

What a state holds is what a snapshot's two files hold: see `snapshots/`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from blobnet.solver import Solver
from blobnet.types import Array

MOST_STATES = 200
MOST_BYTES = 2**28


@dataclass(frozen=True)
class KeptState:
    """A training before one of its iterations.

    weights  of all learnable parameters; `history` what the update rule remembers of them
    inputs   the values of the net's inputs
    state    random numbers, places in the data ..., as JSON: see `Solver.get_state`
    """

    iteration: int
    loss: float
    weights: list[Array]
    history: list[Array]
    inputs: dict[str, Array]
    state: str

    @classmethod
    def of(cls, solver: Solver) -> KeptState:
        """The state as it is now, copied."""
        net = solver.net
        return cls(
            solver.iter,
            solver.loss,
            [blob.data.copy() for blob in net.learnable_params],
            [array.copy() for array in solver.history_],
            {name: net.blobs[name].data.copy() for name in net.inputs},
            json.dumps(solver.get_state()),
        )

    def give(self, solver: Solver) -> None:
        """Let a solver go on from here."""
        net = solver.net
        for blob, values in zip(net.learnable_params, self.weights, strict=True):
            blob.data[...] = values
        for array, values in zip(solver.history_, self.history, strict=True):
            array[...] = values
        for name, values in self.inputs.items():
            net.blobs[name].reshape(values.shape)
            net.blobs[name].data[...] = values
        solver.iter_, solver.loss = self.iteration, self.loss
        self.give_state(solver)
        solver.is_resumed = True  # the window of smoothed losses goes on

    def give_state(self, solver: Solver) -> None:
        """Only what is neither weights nor history: random numbers, places in the data."""
        solver.set_state(json.loads(self.state))

    @property
    def nbytes(self) -> int:
        arrays = (*self.weights, *self.history, *self.inputs.values())
        return sum(array.nbytes for array in arrays) + len(self.state)


class KeptStates:
    """Some states of a training, thinned out where they would take too much memory.

    The first and the newest one stay; between them those go whose neighbours are nearest, and
    sooner the longer they are past.
    """

    def __init__(self, most: int = MOST_STATES, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._states: list[KeptState] = []

    @property
    def iterations(self) -> list[int]:
        return [state.iteration for state in self._states]

    @property
    def nbytes(self) -> int:
        return sum(state.nbytes for state in self._states)

    def add(self, state: KeptState) -> None:
        """Take a state in; what was known from its iteration on is forgotten."""
        self._states = [one for one in self._states if one.iteration < state.iteration]
        self._states.append(state)
        while len(self._states) > 1 and self._are_too_many():
            del self._states[self._least_needed()]

    def find(self, iteration: int) -> KeptState | None:
        """The newest one that is no later than `iteration`; None where there is none."""
        return next((s for s in reversed(self._states) if s.iteration <= iteration), None)

    def _are_too_many(self) -> bool:
        return len(self._states) > self._most or self.nbytes > self._most_bytes

    def _least_needed(self) -> int:
        if len(self._states) == 2:
            return 0
        at = self.iterations
        needs = [(at[i + 1] - at[i - 1]) / (at[-1] - at[i]) for i in range(1, len(at) - 1)]
        return 1 + needs.index(min(needs))
