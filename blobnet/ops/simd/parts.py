"""The parts of numba and llvmlite that the kernels are made with: most of them are not public.

A newer numba may have moved one. That is found out here, before a kernel is compiled, so that
numpy can serve instead.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

PARTS = {
    "numba": "njit config typeof",
    "numba.config": "CPU_FEATURES ENABLE_AVX CPU_NAME",
    "numba.core.caching": "FunctionCache",
    "numba.core.caching.FunctionCache": "_index_key cache_path load_overload save_overload",
    "numba.core.caching.CompileResultCacheImpl": (
        "check_cachable filename_base locator rebuild reduce"
    ),
    "numba.core.caching._CacheLocator": "get_source_stamp",
    "numba.core.cgutils": "alloca_once_value for_range_slice get_or_insert_function",
    "numba.core.compiler_lock": "global_compiler_lock",
    "numba.core.cpu.CPUContext": "codegen get_dummy_value refresh",
    "numba.core.datamodel": "default_manager",
    "numba.core.dispatcher.Dispatcher": (
        "_compile_for_args _insert add_overload compile get_compile_result"
    ),
    "numba.core.imputils": "lower_builtin",
    "numba.core.registry": "cpu_target",
    "numba.core.registry.cpu_target.target_context": "call_conv",
    "numba.core.serialize": "dumps",
    "numba.core.types": (
        "Any Array Boolean Float Function Integer Literal Number Type boolean containers float32"
        " float64 int64 misc none unliteral void"
    ),
    "numba.core.types.containers": "BaseTuple Tuple",
    "numba.core.types.misc": "NoneType VarArg",
    "numba.core.typing": "signature",
    "numba.core.typing.templates": "AbstractTemplate infer_global signature",
    "numba.extending": "intrinsic models register_jitable register_model",
    "numba.extending.models": "PrimitiveModel",
    "llvmlite": "binding ir",
    "llvmlite.ir": (
        "ArrayType Constant DoubleType FloatType Function FunctionType IRBuilder IntType Module"
        " PointerType Type Undefined Value VectorType VoidType"
    ),
    "llvmlite.ir.IRBuilder": (
        "add alloca and_ asm atomic_rmw bitcast block call cmpxchg extract_element extract_value"
        " fadd fcmp_ordered fdiv fmul fneg fpext fptoui fptrunc frem fsub gep icmp_signed"
        " icmp_unsigned if_else if_then insert_element insert_value inttoptr load load_atomic"
        " module mul neg not_ phi ptrtoint ret select sext shuffle_vector sitofp store store_atomic"
        " sub trunc udiv urem zext"
    ),
}
"""By module or class: what is used of it."""


def check() -> None:
    """Raise ImportError where numba has not got everything that is needed."""
    gone = sorted(set(missing()))
    if gone:
        raise ImportError(f"there is no {', '.join(gone)}")


def missing() -> Iterator[str]:
    """The full names of the parts that are not where they should be."""
    for path, names in PARTS.items():
        owner = _find(path)
        if owner is None:
            yield path
            continue
        yield from (f"{path}.{name}" for name in names.split() if not hasattr(owner, name))


def _find(path: str) -> object:
    """A module, or what a module holds; None where there is none."""
    parent, _, name = path.rpartition(".")
    try:
        return importlib.import_module(path)
    except ImportError:
        return getattr(_find(parent), name, None) if parent else None
