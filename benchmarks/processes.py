"""How long a new process takes until it has said something, from the outside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.measure import Measured, interleave, seconds
from blobnet.errors import BlobnetError, explain

ROOT = Path(__file__).parents[1]


def importing(rounds: int) -> Measured:
    return Measured(*interleave([lambda: python("-c", "import blobnet")], rounds))


def importing_net(rounds: int) -> Measured:
    """Public names are loaded when they are asked for: here is what a program waits for."""
    return Measured(*interleave([lambda: python("-c", "from blobnet import Net")], rounds))


def helping(rounds: int) -> Measured:
    return Measured(*interleave([lambda: python("-m", "blobnet", "--help")], rounds))


FIRST_RUNS = 3
"""At most: each takes seconds."""


def first_forward(rounds: int) -> Measured:
    code = "net = Net(steps.lenet_deployed(1), 'TEST', seed=1, inference=True); net.forward()"
    return _with_empty_cache(code, rounds)


def first_step(rounds: int) -> Measured:
    return _with_empty_cache("steps.lenet_solver().step(1)", rounds)


def _with_empty_cache(code: str, rounds: int) -> Measured:
    """A whole process, for which every kernel is compiled anew."""

    def run() -> None:
        with tempfile.TemporaryDirectory() as cache:
            python("-c", f"from blobnet import Net; from benchmarks import steps; {code}",
                   NUMBA_CACHE_DIR=cache)  # fmt: skip

    return Measured([seconds(run) for _ in range(min(rounds, FIRST_RUNS))])


def environment(**more: str) -> dict[str, str]:
    """That of a process in which this clone can be imported."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, **more}


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many other programs that want a processor all the time."""
    loop = [sys.executable, "-c", "while True: pass"]
    with ExitStack() as stack:
        for _ in range(count):
            stack.callback(_end, subprocess.Popen(loop))
        yield


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def python(*words: str, interpreter: str = sys.executable, **more: str) -> str:
    """Run Python on this clone; what it wrote. Raises BlobnetError, with its last words.

    more  of the environment
    """
    done = subprocess.run(
        [interpreter, *words],
        env=environment(**more),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        what = f"`python {' '.join(words)}` ended with exit code {done.returncode}"
        raise BlobnetError(explain(what, got=done.stderr.strip()[-1000:]))
    return done.stdout
