"""How long a new process takes until it has said something, from the outside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Measured, interleave
from blobnet.errors import BlobnetError, explain

ROOT = Path(__file__).parents[1]


def importing(rounds: int) -> Measured:
    return Measured(*interleave([lambda: python("-c", "import blobnet")], rounds))


def importing_net(rounds: int) -> Measured:
    """Public names are loaded when they are asked for: here is what a program waits for."""
    return Measured(*interleave([lambda: python("-c", "from blobnet import Net")], rounds))


def helping(rounds: int) -> Measured:
    return Measured(*interleave([lambda: python("-m", "blobnet", "--help")], rounds))


def python(*words: str) -> str:
    """Run Python on this clone; what it wrote. Raises BlobnetError, with its last words."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        what = f"`python {' '.join(words)}` ended with exit code {done.returncode}"
        raise BlobnetError(explain(what, got=done.stderr.strip()[-1000:]))
    return done.stdout
