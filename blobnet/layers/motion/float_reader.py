"""FloatReader: numbers from a file."""

from __future__ import annotations

from pathlib import Path

from blobnet.layer_register import register_layer
from blobnet.layers.motion._reader import Reader
from blobnet.sources.float_files import read_float3
from blobnet.types import Array


@register_layer("FloatReader")
class FloatReader(Reader):
    """The numbers of a .float3 file, as FloatWriter writes them.

    top[0]  y: (num, C, H, W)  `num` times the same

    Proto: ReaderParameter.  Caffe: floatreader_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "The numbers of a file, `num` times."
    gradient_formula = "none, there is nothing further up."

    def read(self, path: Path) -> Array:
        return read_float3(path)
