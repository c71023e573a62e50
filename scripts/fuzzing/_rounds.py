"""Running many rounds, each of which must end well or with a BlobnetError, soon and in little room.

The rounds run in processes of their own, which may be killed: by the alarm of a round that takes
too long, by the system's limit on memory, by a fault in a library. Needs a system that forks.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from blobnet.errors import BlobnetError

SECONDS, MIB = 20, 2048  # for a round
LIMIT = "256M"  # what a file may ask for
_ROUNDS = 200  # in one process

Round = Callable[[random.Random, Path], None]
"""Breaks something with the generator, in an empty folder, and reads it."""


def run_rounds(name: str, one_round: Round, seed: int, count: int) -> Iterator[str]:
    """What goes wrong in rounds `seed` to `seed + count`, each with the number to repeat it."""
    first = seed
    while first < seed + count:
        last = min(first + _ROUNDS, seed + count)
        reached, complaints, end = _in_process(one_round, first, last)
        yield from (f"{name} {complaint}" for complaint in complaints)
        if end:
            yield f"{name} {reached}: {end}"
        first = reached + 1 if end else last


def _in_process(one_round: Round, first: int, last: int) -> tuple[int, list[str], str]:
    """The number of the last round that was begun, what was wrong, and how the process died."""
    sys.stdout.flush()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            _rounds(one_round, first, last, writer)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as lines:
        said = lines.read().split("\0")[:-1]
    status = os.waitpid(child, 0)[1]
    numbers = [int(text) for text in said if text.isdecimal()]
    complaints = [text for text in said if not text.isdecimal()]
    end = f"killed by {signal.Signals(status).name}" if 0 < status < 65 else ""
    return numbers[-1] if numbers else first, complaints, end


def _rounds(one_round: Round, first: int, last: int, writer: int) -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MIB * 2**20,) * 2)
    os.environ["BLOBNET_MAX_BYTES"] = LIMIT
    warnings.simplefilter("error")
    for number in range(first, last):
        os.write(writer, f"{number}\0".encode())
        with tempfile.TemporaryDirectory() as folder:
            signal.alarm(SECONDS)
            if complaint := _complaint(one_round, random.Random(number), Path(folder)):
                os.write(writer, f"{number}: {complaint}\0".encode())
            signal.alarm(0)


def _complaint(one_round: Round, rng: random.Random, folder: Path) -> str:
    unraisable: list[str] = []
    sys.unraisablehook = lambda hook: unraisable.append(f"{hook.exc_value} in {hook.object}")
    try:
        with contextlib.suppress(BlobnetError):
            try:
                one_round(rng, folder)
            except BlobnetError as error:
                str(error).encode()  # its text must not fail
                raise
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        own = [p for p in traceback.extract_tb(error.__traceback__) if "blobnet/" in p.filename]
        where = " < ".join(f"{Path(p.filename).name}:{p.lineno}" for p in [place, *own[:-4:-1]])
        return f"{type(error).__name__}: {str(error)[:200]} at {where}"
    return "; ".join(unraisable)


def draw(rng: random.Random) -> int:
    """A case for scripts/fuzz: the seed of one round."""
    return rng.getrandbits(40)


def one_of(rounds: list[Round], case: int) -> None:
    """Run one of these rounds, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        rounds[case % len(rounds)](random.Random(case), Path(folder))


def smaller(case: int) -> Iterator[int]:
    """A round has but one seed."""
    return iter(())


def show(case: int) -> str:
    return f"round {case}"
