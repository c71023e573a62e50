"""FLOWriter: flows into files of Middlebury's format."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.motion._writer import Writer
from blobnet.sources.float_files import write_flo
from blobnet.types import Array


@register_layer("FLOWriter")
class FLOWriter(Writer):
    """Writes flows as .flo files.

    bottom[0]  x: (N, 2, H, W)  to the right, and down

    The file is `file`, or in `folder`: `prefix`, the number of the forward pass from 0 on, with
    several images the number of the image in brackets, and `suffix`. The folder is made.

    Proto: WriterParameter.
    Caffe: flowriter_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "Writes every image into a file of its own."
    gradient_formula = "0."

    channels = (2,)

    def ending(self, channels: int) -> str:
        return "flo"

    def content(self, image: Array) -> bytes:
        return write_flo(image)
