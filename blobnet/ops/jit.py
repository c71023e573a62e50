"""Whether kernels can be compiled here, and how to get at them.

The loops of `ops/` need numba. They are imported, and compiled, when first used; where
numba is missing, switched off, or not what they were written for, the numpy versions beside them
serve, slower.
"""

from __future__ import annotations

import importlib
import os
import sys
from functools import cache
from types import ModuleType
from typing import Any

from blobnet.errors import BlobnetError, explain
from blobnet.loggers import named_logger

NEWEST_NUMBA = "0.68"
"""The newest numba that is known to work. A newer one is tried, with numpy behind it."""

STARTING = "simd.entry", "pool_kernel"
"""Modules by which kernels are started."""

FOLLOWING = {
    "conv.direct_kernel": (
        "conv.depthwise_kernel",
        "conv.weight_gradient_kernel",
        "conv.winograd_kernel",
        "conv.winograd_weights_kernel",
    )
}
"""Modules that whoever asks for one goes on to use: all of them serve, or none."""

OURS = "blobnet.ops"
"""The package whose kernels fit the numba that they are known to work with."""

log = named_logger("blobnet")


class KernelError(BlobnetError):
    """A kernel cannot be compiled; from now on the numpy versions serve."""


@cache
def compiled(name: str, package: str | None = OURS) -> ModuleType | None:
    """The module of kernels `<package>.<name>`, or None where numba cannot serve.

    What is wrong with a module of another package is raised: numpy does not hide it.
    """
    if not available():
        return None
    try:
        starting = STARTING if name.endswith("_kernel") else ()
        for other in (*starting, *FOLLOWING.get(name, ())):
            importlib.import_module(f"{OURS}.{other}")
        if package == OURS:
            return importlib.import_module(f"{OURS}.{name}")
    except Exception as error:  # whatever is no more where it was
        _give_up(error)
        return None
    return importlib.import_module(f"{package}.{name}" if package else name)


class CompiledLater:
    """Kernels that serve once much has been done: before, starting them takes longer than numpy.

    Where a net's kernels are running already, one more takes no longer than numpy once.

    much  how much, in units of who calls; about what takes numpy half a second
    done  so far, in this process
    """

    def __init__(self, name: str, much: int) -> None:
        self.name, self.much, self.done = name, much, 0

    def after(self, count: int) -> Any:
        """`compiled(name)`, once `count` more are much; None before, and without numba."""
        if self.done < self.much and not kernels_are_running():
            self.done += count
            return None
        return compiled(self.name)


def kernels_are_running() -> bool:
    """Whether some kernel has been started in this process."""
    return all(f"{OURS}.{name}" in sys.modules for name in STARTING)


def available() -> bool:
    """Whether kernels can be compiled: numba is installed, fits, and is not switched off."""
    return not _failures and _fits()


def failed_to_compile(kernel: str, error: Exception) -> KernelError:
    """What to raise where numba cannot compile a kernel.

    With one of blobnet's own all are given up, and the numpy versions serve from now on.
    """
    got = f"{type(error).__name__}: {error}"
    if not kernel.startswith("blobnet."):
        fix = "mend the kernel; NUMBA_DISABLE_JIT=1 has its numpy version serve meanwhile"
        return KernelError(explain(f"numba cannot compile {kernel}", got=got, fix=fix))
    _give_up(error)
    return KernelError(
        explain(
            f"numba cannot compile {kernel}",
            expected=f"a numba that is known to work, up to {NEWEST_NUMBA}",
            got=got,
            fix=f'pip install "numba=={NEWEST_NUMBA}.*", or set NUMBA_DISABLE_JIT=1',
        )
    )


_failures: list[Exception] = []
"""Why the compiled kernels have been given up, in this process."""


@cache
def _fits() -> bool:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    try:
        numba = importlib.import_module("numba")
    except ImportError as error:
        log.info("numba is not at hand (%s): the numpy versions of the kernels serve", error)
        return False
    except Exception as error:  # a broken one: of another Python or another numpy
        _give_up(error)
        return False
    if numba.config.DISABLE_JIT:  # in numba's file of settings
        return False
    try:
        importlib.import_module("blobnet.ops.simd.parts").check()
    except Exception as error:
        _give_up(error)
        return False
    return True


def _give_up(error: Exception) -> None:
    """No kernels from now on: say so, once."""
    if not _failures:
        log.warning(
            "The numpy versions of the kernels serve, slower: this numba is not one that they were "
            "made for (%s: %s). Known to work: up to numba %s",
            type(error).__name__,
            str(error).strip().split("\n")[0],
            NEWEST_NUMBA,
        )
    _failures.append(error)
    compiled.cache_clear()
