"""Who computes: a compiled kernel where one serves, the numpy version elsewhere.

A function is written for numpy, and a decorator says which kernels do the same, faster.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from blobnet.ops.jit import OURS, compiled
from blobnet.ops.launch import launch_over_values
from blobnet.ops.recording import computes_otherwise
from blobnet.types import Array

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled_by(
    module: str, run: Callable[..., Any] | None = None, *, package: str | None = OURS
) -> Callable[[Function], Function]:
    """A decorator: kernels of a module, `<package>.<module>`, compute instead, where they can.

    run      is called as run(kernels, *arguments); it does what the function does, in several
             threads where there is much to do, or returns NotImplemented where kernels cannot
    package  where that module is: `__package__` for one beside the caller's own. It is imported
             when the function is first called, and not where there is no numba

    Without `run` the function takes flat arrays, told by their annotation `Array`, and numbers,
    and treats every value by itself. Then the kernel of the same name (a leading underscore aside)
    serves, called as kernel(begin, end, *arguments), where all arrays lie flat in memory and have
    one type.
    """

    def decorate(function: Function) -> Function:
        if run is None:
            return _over_values(module, package, function)

        @wraps(function)
        def call(*args: Any, **named: Any) -> Any:
            kernels = compiled(module, package)
            if kernels is not None:
                result = run(kernels, *args, **named)
                if result is not NotImplemented:
                    return result
            computes_otherwise()
            return function(*args, **named)

        return cast(Function, call)

    return decorate


def _over_values(module: str, package: str | None, function: Function) -> Function:
    """`function`, or the kernel with its name over the values of flat arrays."""
    name = function.__name__.removeprefix("_")
    parameters = [*inspect.signature(function).parameters.values()]
    arrays = [
        i for i, parameter in enumerate(parameters) if parameter.annotation in ("Array", Array)
    ]
    numbers = [i for i in range(len(parameters)) if i not in arrays]

    @wraps(function)
    def call(*args: Any, **named: Any) -> None:
        kernels: Any = compiled(module, package)
        flat = [*args, *named.values()]
        dtype, size = flat[0].dtype, flat[0].size
        for i in arrays:  # `are_flat` on the way: this is called for every small layer
            array = flat[i]
            if kernels is None or not array.flags.c_contiguous or array.dtype != dtype:
                computes_otherwise()
                function(*args, **named)
                return
            flat[i] = array.reshape(-1)
        for i in numbers:
            flat[i] = dtype.type(flat[i])
        kernel = getattr(kernels, name)
        launch_over_values(kernel, size, flat)

    return cast(Function, call)
