"""The decorators of every compiled kernel, and where compiled code is kept."""

from __future__ import annotations

import gc
import hashlib
import logging
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

from blobnet.ops.tiles import register_tile

Function = TypeVar("Function", bound=Callable[..., object])

_log = logging.getLogger("blobnet")


def kernel(function: Function) -> Function:
    """`function`, compiled when first called and kept on disk for the next process.

    It lets go of the interpreter while it runs. Only products and sums may be fused into one
    rounding: the order of adding stays as written.
    """
    return _compiled(function, fastmath={"contract"})


def inlined(function: Function) -> Function:
    """A piece of a kernel, written into each kernel that calls it.

    A call costs some hundred instructions where arrays are handed on; and what is called is
    compiled twice, by itself and within its caller, so what has one caller is better inlined.
    """
    return cast(Function, numba.njit(inline="always")(function))


def exact_kernel(function: Function) -> Function:
    """Like `kernel`, but every operation is rounded by itself: the same bits as from numpy."""
    return _compiled(function)


def cache_folder() -> str | None:
    """Where compiled code is kept for the next process; None where no folder can be written."""
    try:
        return str(_KernelCache(kernel).cache_path)
    except RuntimeError:
        return None


def _compiled(function: Function, **settings: Any) -> Function:
    settings |= {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
    compiled = numba.njit(**settings)(function)
    compiled.compile = _without_collections(compiled.compile)
    try:
        compiled._cache = _KernelCache(function)
    except RuntimeError as error:  # no folder can be written: compiled anew in every process
        _log.debug("%s", error)
    return cast(Function, compiled)


def _without_collections(compile_: Callable[..., Any]) -> Callable[..., Any]:
    """`compile_`, with nobody looking for garbage meanwhile: that takes a tenth of the time."""

    @wraps(compile_)
    def run(*args: Any) -> Any:
        if not gc.isenabled():  # by the user, or by the kernel that calls this one
            return compile_(*args)
        gc.disable()
        try:
            return compile_(*args)
        finally:
            gc.enable()

    return run


class _KernelCache(FunctionCache):
    """numba's cache, for which a folder that fails is no error.

    It also knows that a kernel is compiled from all the files of this folder, not its own alone.
    """

    def load_overload(self, signature: Any, context: Any) -> Any:
        try:
            found = super().load_overload(signature, context)
        except Exception as error:  # damaged, or of another version
            _log.debug("a compiled kernel cannot be read: %s", error)
            found = None
        if found is None:
            _announce(self.cache_path)
        return found

    def save_overload(self, signature: Any, compiled: Any) -> None:
        try:
            self._save_anew(signature, compiled)
        except OSError as error:
            _log.debug("a compiled kernel cannot be kept: %s", error)

    def _save_anew(self, signature: Any, compiled: Any) -> None:
        """Save it, with a new index where the old one is damaged."""
        try:
            super().save_overload(signature, compiled)
        except OSError:
            raise
        except Exception as error:
            _log.debug("the index of compiled kernels cannot be read: %s", error)
            self.flush()
            super().save_overload(signature, compiled)

    def _index_key(self, signature: Any, codegen: Any) -> Any:
        return (*super()._index_key(signature, codegen), _sources())


@cache
def _sources() -> str:
    """A fingerprint of all kernels' source code, and of the numbers that are written into it."""
    ops = Path(__file__).parents[1]
    files = [ops / "tiles.py", *sorted(ops.glob("compiled/*.py")), *sorted(ops.glob("plans/*.py"))]
    text = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(text + register_tile().numbers).hexdigest()


@cache
def _announce(folder: str) -> None:
    _log.info("Compiling kernels for this processor, once: kept in %s", folder)
