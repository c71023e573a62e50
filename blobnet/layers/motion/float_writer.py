"""FloatWriter: blobs into files of numbers."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.motion._writer import Writer
from blobnet.sources.float_files import write_float3
from blobnet.types import Array


@register_layer("FloatWriter")
class FloatWriter(Writer):
    """Writes images as .float3 files: a head of text, then float32 numbers.

    bottom[0]  x: (N, C, H, W)

    The files are named as those of FLOWriter.

    Proto: WriterParameter.
    Caffe: floatwriter_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "Writes every image into a file of its own."
    gradient_formula = "0."

    def ending(self, channels: int) -> str:
        return "float3"

    def content(self, image: Array) -> bytes:
        return write_float3(image)
