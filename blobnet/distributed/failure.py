"""One rank that fails ends them all: with its error, and with how to go on."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from blobnet.distributed.ranks import DistributedError, LostRankError, Ranks, host
from blobnet.errors import BlobnetError, printable_lines

EXIT_ERROR = 1
_SECONDS_TO_ABORT = 5
_PATIENCE = 8.0  # seconds that a rank waits for others after it was told to stop


@contextmanager
def failing_together(ranks: Ranks, program: str, how_to_go_on: Callable[[], str]) -> Iterator[None]:
    """In the `with` block, an exception ends all ranks, after it has been told on stderr.

    Processes that wait for one that is gone would wait for ever; MPI ends them all.
    """
    try:
        yield
    except BaseException as error:
        if isinstance(error, SystemExit) and not error.code:
            raise
        tell(ranks, program, in_words(error))
        end_all(ranks, program, how_to_go_on(), is_one_lost=isinstance(error, LostRankError))


def in_words(error: BaseException) -> str:
    """An exception as the last lines of a program."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, BlobnetError):
        return str(error)
    import traceback

    return "".join(traceback.format_exception(error)).rstrip()


def tell(ranks: Ranks, program: str, text: str) -> None:
    """Write to stderr, with the rank in front, in one piece: others write there, too."""
    lines = f"{program}: rank {ranks.rank} on {host()}: {printable_lines(text)}\n"
    sys.stderr.write(lines)
    sys.stderr.flush()


def end_all(ranks: Ranks, program: str, how_to_go_on: str, *, is_one_lost: bool = False) -> None:
    """Let MPI end all ranks. Does not return.

    MPI tells the others first, and waits where one of them cannot be reached any more, with the
    interpreter in its hands: so the system ends this process, if need be. Where one is lost, MPI is
    not asked: its launcher would wait for an answer of the lost machine for ever. That a process
    was killed it sees by itself, and it ends the others at once.
    """
    if how_to_go_on:
        tell(ranks, program, how_to_go_on)
    sys.stdout.flush()
    if is_one_lost:
        os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    if hasattr(signal, "alarm"):  # not on Windows
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_SECONDS_TO_ABORT)
    ranks.comm.Abort(EXIT_ERROR)
    os._exit(EXIT_ERROR)  # an MPI that is broken itself may come back


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
