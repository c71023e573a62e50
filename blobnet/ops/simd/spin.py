"""Spinning: to wait for another thread without sleep. Waking up takes longer than many kernels."""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from blobnet.ops.simd.kernel import kernel
from blobnet.types import IntArray

_NOTHING_TO_NOTHING = ir.FunctionType(ir.VoidType(), [])


@intrinsic
def pause(typing: Any) -> Any:
    """Rest for some cycles, where the processor can, and see memory as it is afterwards."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if platform.machine().lower() in ("x86_64", "amd64"):
            name = "llvm.x86.sse2.pause"
            rest = cgutils.get_or_insert_function(builder.module, _NOTHING_TO_NOTHING, name)
            builder.call(rest, [])
        builder.asm(_NOTHING_TO_NOTHING, "", "~{memory}", [], True)
        return context.get_dummy_value()

    return types.void(), generate


@kernel
def spin(signal: IntArray, rounds: int) -> bool:
    """Return as soon as signal[0] is not 0, or after some rounds; whether it has been seen."""
    for _ in range(rounds):
        if signal[0] != 0:
            return True
        pause()
    return False


@kernel
def set_and_spin(signal: IntArray, following: IntArray, rounds: int, pauses: int) -> None:
    """Set signal[0]; spin on following[0], and rest a little once it has been seen."""
    signal[0] = 1
    if spin(following, rounds):
        for _ in range(pauses):
            pause()
