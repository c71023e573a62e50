"""SIGTERM and SIGHUP end a command as Ctrl-C does, so that what it has begun is cleaned up.

By themselves they end a process at once, its temporary files staying; and in a container the first
process does not even hear SIGTERM. A training has handlers of its own: see `signals`.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

_NUMBERS = tuple(
    int(getattr(signal, name)) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class EndingSignals:
    """For a `with` block around a command: these signals raise KeyboardInterrupt there.

    received  the number of the one that came; 0 for none

    Those that somebody handles already, or ignores as `nohup` does, are left as they are.
    """

    def __init__(self) -> None:
        self.received = 0
        self._replaced: list[int] = []

    def __enter__(self) -> EndingSignals:
        if threading.current_thread() is threading.main_thread():
            self._replaced = [n for n in _NUMBERS if signal.getsignal(n) is signal.SIG_DFL]
        for number in self._replaced:
            signal.signal(number, self._handle)
        return self

    def __exit__(self, *exc: object) -> None:
        for number in self._replaced:
            signal.signal(number, signal.SIG_DFL)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.received = number
        raise KeyboardInterrupt
