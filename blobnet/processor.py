"""What has to be settled before numpy is imported: which kernels its BLAS uses.

OpenBLAS, as numpy's wheels bring it, does not look for AVX-512 on AMD processors and takes
kernels that use half of what the newer ones can do. Where the processor has the instructions,
it is told so, unless the environment says something else or numpy is there already.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_VARIABLE = "OPENBLAS_CORETYPE"
_NEEDED = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}


def choose_blas_kernels(cpu_info: Path = Path("/proc/cpuinfo")) -> bool:
    """Ask OpenBLAS for its AVX-512 kernels where it would overlook them; whether it was asked."""
    if _VARIABLE in os.environ or "numpy" in sys.modules:
        return False
    vendor, flags = _first_processor(cpu_info)
    if vendor != "AuthenticAMD" or not flags >= _NEEDED:
        return False
    os.environ[_VARIABLE] = "SkylakeX"
    return True


def processor_name(cpu_info: Path = Path("/proc/cpuinfo")) -> str:
    """The processor as it calls itself."""
    import platform

    fields = _fields(cpu_info)
    return fields.get("model name") or platform.processor() or platform.machine()


def _first_processor(cpu_info: Path) -> tuple[str, set[str]]:
    fields = _fields(cpu_info)
    return fields.get("vendor_id", ""), set(fields.get("flags", "").split())


def _fields(cpu_info: Path) -> dict[str, str]:
    """What Linux says of the first processor; nothing elsewhere."""
    fields: dict[str, str] = {}
    try:
        with cpu_info.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                if not name.strip():
                    break
                fields[name.strip()] = value.strip()
    except OSError:
        pass
    return fields


BLAS_KERNELS_CHOSEN = choose_blas_kernels()
"""Whether blobnet asked OpenBLAS for other kernels than it would have taken."""
