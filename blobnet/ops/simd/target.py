"""What numba compiles for: this processor, or what `NUMBA_CPU_NAME` and the like say."""

from __future__ import annotations

import llvmlite.binding as llvm
from numba import config

_ADDITION = """
define <16 x float> @add(<16 x float> %x, <16 x float> %y) {
  %sum = fadd <16 x float> %x, %y
  ret <16 x float> %sum
}
"""


def has_long_vectors() -> bool:
    """Whether a register holds 16 numbers: then 16 additions are an instruction with such ones."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=config.CPU_NAME or llvm.get_host_cpu_name(), features=_features()
    )
    return "zmm" in machine.emit_assembly(llvm.parse_assembly(_ADDITION))


def _features() -> str:
    """As numba asks for them: "+avx,+avx2,..."."""
    if config.CPU_FEATURES is not None:
        return str(config.CPU_FEATURES)
    try:
        features = llvm.get_host_cpu_features()
    except RuntimeError:  # LLVM does not know
        return ""
    if not config.ENABLE_AVX:
        features.update({name: False for name in features if name.startswith("avx")})
    return str(features.flatten())
