"""PFMWriter: disparities into files of floats."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.motion._writer import Writer
from blobnet.sources.float_files import write_pfm
from blobnet.types import Array


@register_layer("PFMWriter")
class PFMWriter(Writer):
    """Writes images as .pfm files, with the other sign.

    bottom[0]  x: (N, 1, H, W) or (N, 3, H, W)

    DispNet takes disparities as moves to the left, which are below 0: hence the sign. The files are
    named as those of FLOWriter.

    Proto: WriterParameter.
    Caffe: pfmwriter_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "Writes every image into a file of its own."
    gradient_formula = "0."

    channels = (1, 3)

    def ending(self, channels: int) -> str:
        return "pfm"

    def content(self, image: Array) -> bytes:
        return write_pfm(-image)
