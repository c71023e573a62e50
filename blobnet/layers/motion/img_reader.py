"""ImgReader: an image from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from blobnet.errors import DataError
from blobnet.input_files import read_file
from blobnet.layer_register import register_layer
from blobnet.layers.motion._reader import Reader
from blobnet.sources.image import decode_image
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array


@register_layer("ImgReader")
class ImgReader(Reader):
    """An image of a file in colour, transformed once.

    top[0]  y: (num, 3, H, W)  `num` times the same; blue, green, red

    Proto: ReaderParameter, TransformationParameter.
    Caffe: imgreader_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "The image of a file, `num` times."
    gradient_formula = "none, there is nothing further up."

    def read(self, path: Path) -> Array:
        transformer = DataTransformer(self.layer_param_.transform_param, self.phase, self.dtype)
        image = decode_image(read_file(path, DataError, setting="the image"), "color")
        transformed: Array = transformer.transform([image], self.rng)[0]
        return np.ascontiguousarray(transformed)
