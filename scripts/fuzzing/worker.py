"""Cases are run in processes of their own, with limits: some crash, hang or eat memory."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import traceback
import warnings
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from types import ModuleType
from typing import NamedTuple

from blobnet import BlobnetError

ALLOWED = "256M"
"""What a file may ask for: less than a case may take."""

TRIES = 3
"""A case that takes too long is tried again: kernels may have been compiled for it."""

START = multiprocessing.get_context("fork" if hasattr(signal, "SIGALRM") else "spawn")


class Limits(NamedTuple):
    """What a case may take."""

    seconds: int
    gibibytes: int


class Fault(NamedTuple):
    """What came instead of numbers or of an error of ours."""

    kind: str
    text: str
    case: object


def find_faults(
    tested: ModuleType, seed: int, numbers: Iterable[int], limits: Limits
) -> Iterator[tuple[int, Fault | None]]:
    """Run the cases of these numbers; gives every number, with what is wrong if anything is."""
    waiting, tries = list(numbers), 0
    while waiting:
        cases = [(number, _draw(tested, seed, number)) for number in waiting[:1000]]
        for number, case, fault, is_dead in _run_all(tested, cases, limits):
            if is_dead and fault.kind.startswith("hangs") and tries + 1 < TRIES:
                tries += 1
                break
            tries = 0
            waiting.remove(number)
            yield number, fault._replace(case=case) if fault else None


def is_still_there(tested: ModuleType, case: object, fault: Fault, limits: Limits) -> bool:
    """Whether this case shows the same kind of fault."""
    for _ in range(TRIES if fault.kind.startswith("hangs") else 1):
        (_, _, found, _), *_ = _run_all(tested, [(0, case)], limits)
        if found is None or found.kind != fault.kind:
            return False
    return True


def _draw(tested: ModuleType, seed: int, number: int) -> object:
    return tested.draw(random.Random(f"{seed} {number}"))


def _run_all(
    tested: ModuleType, cases: list[tuple[int, object]], limits: Limits
) -> Iterator[tuple[int, object, Fault | None, bool]]:
    """(number, case, fault, whether the process has died of it) of each, up to such a one."""
    ours, theirs = START.Pipe(duplex=False)
    process = START.Process(target=_work, args=(tested.run, cases, limits, theirs))
    process.start()
    theirs.close()
    try:
        for number, case in cases:
            try:
                fault = ours.recv()
            except EOFError:
                process.join()
                yield number, case, _death(process.exitcode, limits), True
                return
            yield number, case, Fault(*fault, case) if fault else None, False
    finally:
        ours.close()
        process.kill()
        process.join()


def _work(run, cases: list[tuple[int, object]], limits: Limits, answers: Connection) -> None:
    size = limits.gibibytes * 2**30
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["BLOBNET_MAX_BYTES"] = ALLOWED
    warnings.simplefilter("error")
    for _, case in cases:
        signal.alarm(limits.seconds)
        fault = None
        try:
            run(case)
        except BlobnetError as error:
            fault = _unspeakable(error)
        except BaseException as error:
            fault = (_kind(error), traceback.format_exc())
        signal.alarm(0)
        answers.send(fault)


def _unspeakable(error: BlobnetError) -> tuple[str, str] | None:
    """What is wrong with the text of an error, if it is not even a text."""
    try:
        str(error).encode()
    except Exception as failure:
        return (f"an error without a text at {_kind(error)}", repr(failure))
    return None


def _kind(error: BaseException) -> str:
    """Where and what: two faults of one kind are one to mend."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "blobnet" in frame[0]]
    where = f"{frames[-1].filename.split('blobnet/')[-1]}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {where}"


def _death(code: int | None, limits: Limits) -> Fault:
    if code == -signal.SIGALRM:
        return Fault("hangs", f"longer than {limits.seconds} s", None)
    name = signal.Signals(-code).name if code and code < 0 else f"exit code {code}"
    return Fault(f"ends the process: {name}", "", None)
