"""Which form of a net is wanted: phase, level and stages, for `include` and `exclude` rules."""

from __future__ import annotations

from collections.abc import Iterable

from blobnet.errors import NetError, explain
from blobnet.proto import NetParameter, NetState, Phase


def merge_state(
    param: NetParameter, phase: str | int | None, level: int | None, stages: Iterable[str]
) -> None:
    """Write what the caller asks for over the definition's own `state`."""
    if phase is not None:
        param.state.MergeFrom(NetState(phase=_phase_name(phase)))
    if level is not None:
        param.state.level = level
    param.state.stage.extend([stages] if isinstance(stages, str) else stages)


def _phase_name(phase: str | int) -> str:
    for name, number in Phase.items():
        if phase == number or (isinstance(phase, str) and phase.upper() == name):
            return name
    raise NetError(explain("unknown phase", expected=" or ".join(Phase.keys()), got=repr(phase)))
