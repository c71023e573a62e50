"""The sizes of register tiles as constants, which is how a compiler has to know them."""

from __future__ import annotations

from blobnet.ops.simd.isa import register_tile

MR, NR, LOW_MR, NARROW_NR, GRADIENT_MR, GRADIENT_NR, PLACES, BLOCKS = register_tile()
