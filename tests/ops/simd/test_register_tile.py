"""The tile follows what numba compiles for, and changes no result."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet
from blobnet.ops.jit import available
from blobnet.ops.simd.isa import AVX2, AVX512, NEON, SSE, RegisterTile

PROCESSOR = Path("/proc/cpuinfo")
FLAGS = set(PROCESSOR.read_text().split()) if PROCESSOR.is_file() else set()
HAS_X86 = platform.machine().lower() in ("x86_64", "amd64")

AVX2_FEATURES = (
    "+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+avx,+avx2,+fma,+bmi,+bmi2,+f16c,+lzcnt,+movbe"
)
AVX512_FEATURES = (
    "+avx512f,+avx512bw,+avx512cd,+avx512dq,+avx512vl,+evex512"  # the last is for LLVM 20
)
HASWELL = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": AVX2_FEATURES}

needs_numba = pytest.mark.skipif(not available(), reason="numba is not at hand, or switched off")


def run(code, **environment):
    """What a process of its own says, that compiles for what the environment names."""
    inherited = {name: value for name, value in os.environ.items() if "NUMBA_CPU" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**inherited, "PYTHONPATH": str(Path(blobnet.__file__).parents[1]), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-1000:]
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("tile", "registers", "vectors"),
    [(AVX512, 32, 0.5), (AVX2, 16, 1), (NEON, 32, 2)],
    ids=["AVX-512", "AVX2", "NEON"],
)
def test_a_tile_fits_into_registers(tile, registers, vectors):
    """Its sums, a row of vectors, and one number; a vector takes so many registers."""
    sizes = [(tile.mr, tile.nr), (tile.low_mr, tile.nr), (tile.mr, tile.narrow_nr)]
    for rows, columns in [*sizes, (tile.gradient_mr, tile.gradient_nr)]:
        assert (rows + 1) * columns * vectors + 1 <= registers


def test_edges_can_be_filled():
    """Where fewer places are left than a tile has, a narrow one covers them, or a whole one."""
    for tile in (AVX512, AVX2, NEON, SSE):
        assert tile.nr == 2 * tile.narrow_nr
        assert tile.low_mr < tile.mr


@needs_numba
@pytest.mark.skipif(not HAS_X86, reason="these are names of x86 processors")
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (HASWELL, AVX2),
        (
            {
                "NUMBA_CPU_NAME": "haswell",
                "NUMBA_CPU_FEATURES": f"{AVX2_FEATURES},{AVX512_FEATURES}",
            },
            AVX512,
        ),
        ({"NUMBA_CPU_NAME": "skylake-avx512", "NUMBA_CPU_FEATURES": AVX2_FEATURES}, AVX512),
        ({"NUMBA_CPU_NAME": "skylake-avx512", "NUMBA_CPU_FEATURES": "-avx512f"}, AVX2),
        ({"NUMBA_CPU_NAME": "generic"}, AVX2),
        ({"NUMBA_ENABLE_AVX": "0"}, AVX2),
        ({"NUMBA_DISABLE_JIT": "1"}, AVX2),
        ({}, AVX512 if "avx512f" in FLAGS else AVX2),
    ],
)
def test_the_tile_follows_what_is_compiled_for(environment, expected):
    tile = run(
        "from blobnet.ops.simd.isa import register_tile; print(register_tile())", **environment
    )
    assert tile == str(expected)


BITS = """
import hashlib, itertools
import numpy as np
from blobnet.ops import conv
from blobnet.ops.simd import isa
from blobnet.ops.window import Window

rng, found = np.random.default_rng(1), hashlib.sha256()

def values(*shape):
    return rng.normal(size=shape).astype("f4")

for channels, outputs, size, kernel, stride in [
    (16, 13, 11, 1, 1), (3, 20, 17, 5, 1), (32, 28, 16, 3, 1), (7, 9, 19, 3, 2)
]:
    places = (size - kernel) // stride + 1
    window = Window((kernel,) * 2, (stride,) * 2, (0, 0), (1, 1))
    x, dy = values(24, channels, size, size), values(24, outputs, places, places)
    weight, bias = values(outputs, channels, kernel, kernel), values(outputs)
    y, dx = np.empty_like(dy), np.empty_like(x)
    conv.forward(x, weight, bias, window, y)
    conv.input_gradient(dy, weight, window, dx)
    found.update(y.tobytes() + dx.tobytes())
print(isa.register_tile(), found.hexdigest())
"""


@needs_numba
@pytest.mark.skipif(not {"avx512f", "avx2", "fma"} <= FLAGS, reason="has not got both")
def test_results_do_not_depend_on_the_tile():
    """Compiled for AVX2, convolutions come to the same bits as compiled for AVX-512."""
    tiles, bits = zip(
        *(run(BITS, **environment).rsplit(" ", 1) for environment in ({}, HASWELL)), strict=True
    )
    assert tiles == (str(AVX512), str(AVX2))
    assert bits[0] == bits[1]


def test_a_fingerprint_tells_tiles_apart():
    tile = RegisterTile(6, 2, 4, 1, 4, 3, 5, 2)
    others = {tile._replace(**{name: 9}).numbers for name in tile._fields}
    assert len({tile.numbers, *others}) == len(tile) + 1
