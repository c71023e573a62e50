"""What scripts/fuzz can feed to blobnet: one module for each format, found by its name.

    draw(rng)      a case, from a random.Random: anything that can be pickled
    run(case)      feed it to blobnet; a BlobnetError is a good answer, so is none
    smaller(case)  cases that are a little smaller, the best ideas first
    show(case)     the case as text, so that somebody can try it

Modules that begin with _, and worker.py, are no formats.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType


def formats() -> list[str]:
    """The names of all formats."""
    names = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(name for name in names if name[0] != "_" and name != "worker")


def load(name: str) -> ModuleType:
    return importlib.import_module(f"fuzzing.{name}")
