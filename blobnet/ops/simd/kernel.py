"""The decorators of every compiled kernel, and where compiled code is kept."""

from __future__ import annotations

import gc
import glob
import hashlib
import os
import pickle
from collections.abc import Callable
from functools import cache, wraps
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.serialize import dumps
from numba.core.types.misc import unliteral

from blobnet.loggers import named_logger
from blobnet.ops.jit import failed_to_compile
from blobnet.ops.simd.isa import register_tile
from blobnet.ops.simd.trace import is_traced

Function = TypeVar("Function", bound=Callable[..., object])

_log = named_logger("blobnet")

DIGEST_SIZE = 32
"""Bytes of the checksum with which a file of compiled code begins."""


def kernel(function: Function) -> Function:
    """`function`, compiled when first launched and kept on disk for the next process.

    Where all of it is to be traced, numba has no more to understand than one call of it, which
    takes a tenth of the time: `@kernel` stands above `@traced` then.

    Only products and sums may be fused into one rounding: the order of adding stays as written.
    The interpreter cannot call it: what would take arguments apart takes long to compile.
    """
    compiled: Any = _compiled(function, fastmath={"contract"}, no_cpython_wrapper=True)
    compiled._insert = lambda *args: None  # so the interpreter never finds what it cannot call
    compiled._compile_for_args = _refusing(function)
    return cast(Function, compiled)


def inlined(function: Function) -> Function:
    """A piece of a kernel, written into each kernel that calls it.

    A call costs some hundred instructions where arrays are handed on; and what is called is
    compiled twice, by itself and within its caller, so what has one caller is better inlined.
    """
    return cast(Function, numba.njit(inline="always")(function))


def exact_kernel(function: Function) -> Function:
    """Like `kernel`, but every operation is rounded by itself: the same bits as from numpy.

    The interpreter can call it, and is let go of while it runs.
    """
    return _compiled(function)


def address_of(compiled: Any, result: Any) -> int:
    """Where the code of a kernel is, of which numba has given this result."""
    return int(compiled.addresses[result.signature.args])


def cache_folder() -> str | None:
    """Where compiled code is kept for the next process; None where no folder can be written."""
    try:
        return str(_KernelCache(kernel).cache_path)
    except RuntimeError:
        return None


def _compiled(function: Function, **settings: Any) -> Function:
    settings |= {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}
    compiled = numba.njit(**settings)(_calling(function) if is_traced(function) else function)
    compiled.addresses = {}
    compiled.add_overload = _noting_addresses(compiled.add_overload, compiled.addresses)
    compiled.compile = _of_any_numbers(_without_collections(compiled.compile))
    compiled._compile_for_args = _explaining(compiled._compile_for_args, function)
    try:
        compiled._cache = _KernelCache(function)
    except RuntimeError:  # no folder can be written: compiled anew in every process
        compiled.compile = _announcing(compiled.compile)
    return cast(Function, compiled)


def _calling(function: Callable[..., object]) -> Any:
    """A function for numba that does nothing but call a traced one."""
    names = ", ".join(signature(function).parameters)
    source = f"def {function.__name__}({names}): traced({names})"
    space: dict[str, Any] = {"__name__": function.__module__, "traced": function}
    exec(compile(source, f"<call of {function.__name__}>", "exec"), space)
    return space[function.__name__]


def _noting_addresses(
    add_overload: Callable[[Any], None], addresses: dict[Any, int]
) -> Callable[[Any], None]:
    """`add_overload`, which looks up where the code is as soon as it is there.

    Kernels that one function has made have one name where several processes have kept them: from
    then on that name is the one's that came last.
    """

    @wraps(add_overload)
    def run(result: Any) -> None:
        name = result.fndesc.llvm_func_name
        addresses[result.signature.args] = result.library.get_pointer_to_function(name)
        add_overload(result)

    return run


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


def _of_any_numbers(compile_: Callable[..., Any]) -> Callable[..., Any]:
    """`compile_`, without a form of its own for a number that stands in another kernel's code."""

    @wraps(compile_)
    def run(kinds: Any) -> Any:
        return compile_(tuple(map(unliteral, kinds)) if isinstance(kinds, tuple) else kinds)

    return run


def _announcing(compile_: Callable[..., Any]) -> Callable[..., Any]:
    """`compile_`, where nothing is kept: it takes as long in every process."""

    @wraps(compile_)
    def run(*args: Any) -> Any:
        _tell_of_no_folder()
        return compile_(*args)

    return run


def _explaining(compile_: Callable[..., Any], function: Callable[..., object]) -> Any:
    """`compile_` as it is called from outside of kernels, with an error of ours."""

    @wraps(compile_)
    def run(*args: Any, **named: Any) -> Any:
        try:
            return compile_(*args, **named)
        except MemoryError:
            raise
        except Exception as error:
            raise failed_to_compile(f"{function.__module__}.{function.__name__}", error) from error

    return run


def _refusing(function: Callable[..., object]) -> Any:
    def run(*args: Any, **named: Any) -> Any:
        raise TypeError(f"{function.__module__}.{function.__name__} is launched, not called")

    return run


class _KernelCache(FunctionCache):
    """numba's cache with files of our own: one for each compiled form, with a checksum before it.

    numba reads what it finds, and a flipped bit in machine code ends the process. The checksum
    also covers what a file is for, so that no kernel takes the code of another. What cannot be
    read is compiled anew and written anew; a folder that fails is no error.

    A kernel is compiled from all the files of this folder, not its own alone; one of the user's,
    from his file as well.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._stamp = ""
        if not Path(function.__code__.co_filename).is_relative_to(_ops()):
            stamp = repr(self._impl.locator.get_source_stamp())
            self._stamp = hashlib.sha256(stamp.encode()).hexdigest()

    def load_overload(self, signature: Any, context: Any) -> Any:
        context.refresh()
        try:
            found = self._load(self._index_key(signature, context.codegen()), context)
        except FileNotFoundError:
            found = None
        except Exception as error:  # damaged, or of another version
            _log.debug("a compiled kernel cannot be read: %s", error)
            found = None
        if found is None:
            _announce(self.cache_path)
        return found

    def save_overload(self, signature: Any, compiled: Any) -> None:
        try:
            if self._impl.check_cachable(compiled):
                self._impl.locator.ensure_cache_path()
                self._save(self._index_key(signature, compiled.codegen), compiled)
        except OSError as error:
            _warn_of_loss(self.cache_path, error.strerror or f"{error}")

    def _load(self, key: Any, context: Any) -> Any:
        content = self._path(key).read_bytes()
        code = memoryview(content)[DIGEST_SIZE:]
        if content[:DIGEST_SIZE] != _checksum(self._identity(key), code):
            raise ValueError(f"{self._path(key)} is damaged, or another kernel's")
        return self._impl.rebuild(context, pickle.loads(code))

    def _save(self, key: Any, compiled: Any) -> None:
        """Write the file, or leave what is there; and drop what other sources have left."""
        code = dumps(self._impl.reduce(compiled))
        path = self._path(key)
        draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            draft.write_bytes(_checksum(self._identity(key), code) + code)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        name = glob.escape(self._impl.filename_base)
        for old in path.parent.glob(f"{name}.*"):
            if not old.name.startswith(self._prefix()) and old.suffix in (".nbc", ".nbi"):
                old.unlink(missing_ok=True)

    def _path(self, key: Any) -> Path:
        """One file for each signature, processor and set of values that are written into it."""
        what = hashlib.blake2b(self._identity(key), digest_size=8).hexdigest()
        return Path(self.cache_path) / f"{self._prefix()}{what}.nbc"

    def _prefix(self) -> str:
        return f"{self._impl.filename_base}.{_sources()[:8]}-{self._stamp[:8]}"

    def _identity(self, key: Any) -> bytes:
        its = (numba.__version__, self._impl.filename_base, _sources(), self._stamp, key)
        return repr(its).encode()


def _checksum(identity: bytes, code: bytes | memoryview) -> bytes:
    its = hashlib.blake2b(identity, digest_size=DIGEST_SIZE)
    its.update(code)
    return its.digest()


@cache
def _sources() -> str:
    """A fingerprint of all kernels' source code, and of the numbers that are written into it."""
    ops = _ops()
    single = [ops / "update_rules.py", *sorted(ops.glob("*_kernel.py"))]
    files = [*single, *sorted(ops.glob("simd/*.py")), *sorted(ops.glob("conv/*.py"))]
    text = b"".join(file.read_bytes() for file in files)
    return hashlib.sha256(text + register_tile().numbers).hexdigest()


def _ops() -> Path:
    """The folder of our kernels."""
    return Path(__file__).parents[1]


@cache
def _announce(folder: str) -> None:
    _log.info("Compiling kernels for this processor, once: kept in %s", folder)


@cache
def _tell_of_no_folder() -> None:
    _log.info(
        "Compiling kernels for this processor, in every process anew: there is no folder to keep "
        "them in; NUMBA_CACHE_DIR may name one"
    )


@cache
def _warn_of_loss(folder: str, reason: str) -> None:
    _log.warning("Compiled kernels cannot be kept in %s: %s", folder, reason)
