"""What a snapshot has to know of a training."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from blobnet.net import Net
from blobnet.proto import SolverParameter
from blobnet.reports.plateau import Plateau
from blobnet.types import Array


class Training(Protocol):
    """What of a Solver is written into a snapshot, and what is set when one is gone on from."""

    param: SolverParameter
    net: Net
    iter_: int
    history_: list[Array]
    history_meaning: str
    last_snapshot: Path | None
    last_good_snapshot: Path | None
    is_saving: bool

    @property
    def plateau(self) -> Plateau:
        """How far lr_policy "plateau" has come down."""

    def get_state(self) -> dict[str, Any]:
        """What besides weights and history decides how the run goes on, in JSON's types."""

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state that `get_state` gave."""
