"""SIGINT and SIGHUP during a training, as in `caffe train`: stop, snapshot, or nothing."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any

from blobnet.solver import SolverAction

EFFECTS = {
    "stop": SolverAction.STOP,
    "snapshot": SolverAction.SNAPSHOT,
    "none": SolverAction.NONE,
}


class SignalHandler:
    """While active, remembers which action a signal has asked for.

    A second interrupt while the first one is still waiting ends the program at once.
    Pass the object to `solver.set_action_function`: called, it gives the action, once.
    """

    def __init__(self, sigint_effect: str, sighup_effect: str) -> None:
        self.interrupted = False
        self._waiting: list[SolverAction] = []
        self._effects = {signal.SIGINT: EFFECTS[sigint_effect]}
        if hasattr(signal, "SIGHUP"):  # Windows has none
            self._effects[signal.SIGHUP] = EFFECTS[sighup_effect]
        self._previous: dict[int, Any] = {}

    def __call__(self) -> SolverAction:
        return self._waiting.pop(0) if self._waiting else SolverAction.NONE

    def __enter__(self) -> SignalHandler:
        for number in self._effects:
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        action = self._effects[signal.Signals(number)]
        if action is SolverAction.STOP:
            if self.interrupted:
                raise KeyboardInterrupt
            self.interrupted = True
        if action is not SolverAction.NONE:
            self._waiting.append(action)
