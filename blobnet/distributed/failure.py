"""One rank that fails or is lost ends them all: with its error, and with how to go on."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType

from blobnet.distributed.heartbeat import Heartbeat
from blobnet.distributed.launchers import host
from blobnet.distributed.ranks import DistributedError, Ranks
from blobnet.errors import BlobnetError, printable_lines

EXIT_ERROR = 1
_SECONDS_TO_ABORT = 5
_PATIENCE = 8.0  # seconds that a rank waits for others after it was told to stop


@dataclass(frozen=True)
class _Program:
    """What a process says when it ends: its name in front, and how to go on."""

    name: str = "blobnet"
    how_to_go_on: Callable[[], str] = lambda: ""


_running = _Program()


def bind_together(ranks: Ranks) -> None:
    """From now on one that fails or is lost ends all; and none leaves before all are at the end.

    All call it, once. An exception that nobody catches is a failure.
    """
    heartbeat = Heartbeat(ranks.comm.Dup(), lambda reason: end_all(ranks, reason, is_one_lost=True))
    heartbeat.start()
    atexit.register(heartbeat.end)
    shown = sys.excepthook

    def fail(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        shown(kind, error, trace)
        end_all(ranks, "this error ends all ranks")

    sys.excepthook = fail


@contextmanager
def failing_together(ranks: Ranks, program: str, how_to_go_on: Callable[[], str]) -> Iterator[None]:
    """In the `with` block, an exception ends all ranks, after it has been told on stderr.

    Processes that wait for one that is gone would wait for ever; MPI ends them all. `how_to_go_on`
    is told, too, also where one is lost.
    """
    global _running
    before, _running = _running, _Program(program, how_to_go_on)
    try:
        yield
    except BaseException as error:
        if isinstance(error, SystemExit) and not error.code:
            raise
        end_all(ranks, in_words(error))
    finally:
        _running = before


def in_words(error: BaseException) -> str:
    """An exception as the last lines of a program."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, BlobnetError):
        return str(error)
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n  ".join(lines)  # further lines of a message are indented


def end_all(ranks: Ranks, reason: str, *, is_one_lost: bool = False) -> None:
    """Tell why, and how to go on; then let MPI end all ranks. Does not return.

    MPI tells the others first, and waits where one of them cannot be reached any more, with the
    interpreter in its hands: so the system ends this process, if need be. Where one is lost, MPI is
    not asked: its launcher would wait for an answer of the lost machine for ever. That a process
    was killed it sees by itself, and it ends the others at once.
    """
    if hasattr(signal, "alarm"):  # not on Windows
        signal.alarm(_SECONDS_TO_ABORT)
    _tell(ranks, reason)
    if to_go_on := _running.how_to_go_on():
        _tell(ranks, to_go_on)
    sys.stdout.flush()
    if is_one_lost:
        os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    ranks.comm.Abort(EXIT_ERROR)
    os._exit(EXIT_ERROR)  # an MPI that is broken itself may come back


def _tell(ranks: Ranks, text: str) -> None:
    """Write to stderr, with the rank in front, in one piece: others write there, too."""
    lines = f"{_running.name}: rank {ranks.rank} on {host()}: {printable_lines(text)}\n"
    sys.stderr.write(lines)
    sys.stderr.flush()


class Patience:
    """Called while others are waited for: raises where they do not come after a stop was asked.

    A launcher that has lost a rank tells the others to stop before it ends them; they cannot come
    to the next iteration any more, and say so in time.
    """

    def __init__(self, is_stopping: Callable[[], bool]) -> None:
        self._is_stopping = is_stopping
        self._since: float | None = None

    def __call__(self) -> None:
        if not self._is_stopping():
            self._since = None
            return
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since > _PATIENCE:
            raise DistributedError("told to stop, but other ranks do not come to the next update")
