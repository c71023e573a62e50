"""What FlowNet2's readers share: one image, as often as it is wanted."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.data._batch import naming_errors
from blobnet.types import Array


class Reader(Layer):
    """Puts out the image of a file, `num` times; it is read once."""

    exact_num_bottom_blobs = 0
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    @abstractmethod
    def read(self, path: Path) -> Array:
        """The image (C, H, W)."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.reader_param
        if not param.file:
            raise self.error("no file is named", fix='reader_param { file: "..." }')
        with naming_errors(self):
            self._image = self.read(Path(param.file))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape((self.layer_param_.reader_param.num, *self._image.shape))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        top[0].data[...] = self._image
