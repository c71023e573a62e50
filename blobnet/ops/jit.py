"""Whether kernels can be compiled here, and how to get at them.

The loops of `ops/compiled/` need numba. They are imported, and compiled, when first used; where
numba is missing or switched off, the numpy versions beside them serve, slower.
"""

from __future__ import annotations

import importlib
import os
from functools import cache
from types import ModuleType

from blobnet.loggers import named_logger

log = named_logger("blobnet")


@cache
def compiled(name: str) -> ModuleType | None:
    """The module of kernels `blobnet.ops.compiled.<name>`, or None where numba cannot serve."""
    if not available():
        return None
    return importlib.import_module(f"blobnet.ops.compiled.{name}")


@cache
def available() -> bool:
    """Whether kernels can be compiled: numba is installed, and NUMBA_DISABLE_JIT is not set."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    try:
        import numba  # noqa: F401
    except ImportError as error:
        log.info("numba is not at hand (%s): the numpy versions of the kernels serve", error)
        return False
    return True
