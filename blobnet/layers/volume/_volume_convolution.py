"""What Convolution3D and Deconvolution3D share: their settings, and biases with five axes."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layers.vision._base_convolution import BaseConvolution
from blobnet.layers.volume._volume import VolumeConvolutionSettings, check_volumes
from blobnet.types import Shape


class VolumeConvolution(BaseConvolution):
    """A convolution over (length, height, width): behind Caffe's in the order of classes.

    Caffe: convolution3d_layer.cpp of C3D.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_volumes(self, bottom)
        self._behind = self.fused()
        settings = VolumeConvolutionSettings(self)
        self._axis, self._window = 1, settings.window
        self._channels, self._num_output = bottom[0].shape[1], settings.num_output
        self._has_bias = self.has_bias(settings)
        self._check_channels(1)
        if settings.filter_group < 1 or self._num_output % settings.filter_group:
            raise self.error(
                "num_output must be a multiple of filter_group",
                got=f"num_output {self._num_output}, filter_group {settings.filter_group}",
            )
        channels = self.weight_channels(self._channels, self._num_output, 1)
        self.init_blob(0, (*channels, *self._window.kernel), settings.weight_filler)
        if self._has_bias:
            self.init_blob(1, self.bias_shape(self._num_output), settings.bias_filler)

    def has_bias(self, settings: VolumeConvolutionSettings) -> bool:
        return settings.bias_term

    def bias_shape(self, num_output: int) -> Shape:
        return (1, 1, 1, 1, num_output)
