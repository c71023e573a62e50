"""Signals during a training: stop with a snapshot, a snapshot only, or nothing.

SIGINT and SIGHUP as in `caffe train`; and SIGTERM, with which batch systems and containers say that
the time is over (on Windows SIGBREAK).
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from blobnet.cli import EXIT_INTERRUPTED, EXIT_TERMINATED
from blobnet.solver import SolverAction

EFFECTS = {
    "stop": SolverAction.STOP,
    "snapshot": SolverAction.SNAPSHOT,
    "none": SolverAction.NONE,
}


class SignalHandler:
    """While active, remembers which action a signal has asked for.

    interrupted  whether a signal has asked for the end
    exit_code    what the program ends with then; else 0

    A second interrupt while the first one is still waiting ends the program at once, unless it
    `is_saving`: what is being written is not broken off. A second SIGTERM changes nothing: whoever
    wants more than to ask for the end has SIGKILL, and some send the same signal twice.
    Pass the object to `solver.set_action_function`: called, it gives the action, once.
    """

    def __init__(
        self,
        sigint_effect: str,
        sighup_effect: str,
        sigterm_effect: str = "stop",
        is_saving: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stopped_by: int | None = None
        self._waiting: list[SolverAction] = []
        self._is_saving = is_saving
        effects = {
            "SIGINT": sigint_effect,
            "SIGHUP": sighup_effect,  # not on Windows
            "SIGTERM": sigterm_effect,
            "SIGBREAK": sigterm_effect,  # only there
        }
        self._effects = {
            int(getattr(signal, name)): EFFECTS[effect]
            for name, effect in effects.items()
            if hasattr(signal, name)
        }
        self._previous: dict[int, Any] = {}

    @property
    def interrupted(self) -> bool:
        return self._stopped_by is not None

    @property
    def exit_code(self) -> int:
        if not self.interrupted:
            return 0
        return EXIT_TERMINATED if self._stopped_by == signal.SIGTERM else EXIT_INTERRUPTED

    def __call__(self) -> SolverAction:
        return self._waiting.pop(0) if self._waiting else SolverAction.NONE

    def __enter__(self) -> SignalHandler:
        for number in self._effects:
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        action = self._effects[number]
        if action is SolverAction.STOP and self.interrupted:
            if number != signal.SIGTERM and not self._is_saving():
                raise KeyboardInterrupt
        elif action is not SolverAction.NONE:
            self._waiting.append(action)
        if action is SolverAction.STOP and not self.interrupted:
            self._stopped_by = number
