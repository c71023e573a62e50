"""What a training goes on from: weight files, its state, copies."""

from __future__ import annotations

from typing import Any

from blobnet.reports.log import log
from blobnet.reports.plateau import Plateau
from blobnet.reports.smoothed_loss import SmoothedLoss
from blobnet.snapshots.states_before_test import StatesBeforeTest
from blobnet.solver.callbacks import FromOutside, no_action
from blobnet.solver.passes import Passes
from blobnet.solver.views import Views


class State(Views, FromOutside):
    """The part of a solver that says what it goes on from, and takes it over."""

    passes: Passes
    plateau: Plateau
    _states: StatesBeforeTest
    _smoothed: SmoothedLoss

    @property
    def passes_per_update(self) -> int:
        """How many passes' gradients are added up: iter_size in each process."""
        return self.param.iter_size * self.passes.ranks

    def load_weights(self, weights: str) -> None:
        """Load weight files (several: separated by commas) into the train and test nets."""
        paths = [path for path in map(str.strip, weights.split(",")) if path]
        for path in paths:
            log.info("Finetuning from %s", path)
        for net in (*self.test_nets, self.net):  # what they share is what the train net says
            net.copy_from(paths)

    def get_state(self) -> dict[str, Any]:
        """What besides weights and history decides how the run goes on, in JSON's types."""
        return {
            "net": self.net.get_state(),
            "test_nets": self._states.get_state(),
            "smoothed_loss": self._smoothed.get_state(),
            "plateau": self.plateau.get_state(),
            "passes": self.passes.before or self.passes_per_update,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state that `get_state` gave."""
        self.net.set_state(state["net"])
        self._states.set_state(state["test_nets"])
        self._smoothed.set_state(state["smoothed_loss"])
        self.plateau.set_state(state.get("plateau"))
        self.passes.before = state.get("passes")

    def __getstate__(self) -> dict[str, Any]:
        """For pickle and copy: all but what belongs to this process."""
        return {**self.__dict__, "passes": Passes(), "_action_function": no_action}
