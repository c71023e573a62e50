"""ImgWriter: pictures into files."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.motion._writer import Writer
from blobnet.sources.float_files import write_pnm
from blobnet.types import Array


@register_layer("ImgWriter")
class ImgWriter(Writer):
    """Writes pictures: .pgm of one channel, .ppm of blue, green and red.

    bottom[0]  x: (N, 1, H, W) or (N, 3, H, W)

    With `normalize`, values are stretched to 0 ... 255, the smallest and largest of each picture;
    else they are multiplied with `scale`, and cut off outside of that. (FlowNet2 cuts off colours
    only.) Fractions are dropped. The files are named as those of FLOWriter.

    Proto: WriterParameter.
    Caffe: imgwriter_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "Writes every image into a file of its own."
    gradient_formula = "0."

    channels = (1, 3)

    def ending(self, channels: int) -> str:
        return "pgm" if channels == 1 else "ppm"

    def content(self, image: Array) -> bytes:
        param = self.layer_param_.writer_param
        return write_pnm(image, param.scale, normalize=param.normalize)
