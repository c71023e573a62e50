"""What C3D's layers share: clips as 5-D blobs, and one setting for height and width."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.ops.window import Window
from blobnet.proto import (
    Convolution3DParameter,
    ConvolutionParameter,
    FillerParameter,
)


class VolumeConvolutionSettings:
    """What a prototxt says of a convolution of volumes: C3D 1.1 in a message of its own, 1.0 in
    Caffe's, whose numbers it may repeat."""

    def __init__(self, layer: Layer) -> None:
        param: Convolution3DParameter | ConvolutionParameter
        if layer.layer_param_.HasField("convolution3d_param"):
            param = layer.layer_param_.convolution3d_param
        else:
            param = layer.layer_param_.convolution_param
        self.num_output: int = param.num_output
        self.bias_term: bool = param.bias_term
        self.filter_group: int = param.filter_group
        self.weight_filler: FillerParameter = param.weight_filler
        self.bias_filler: FillerParameter = param.bias_filler
        pad, kernel, stride = (
            _one(layer, param, *names) for names in (("pad", 0), ("kernel_size", 0), ("stride", 1))
        )
        self.window = volume_window(
            layer,
            depth=(param.kernel_depth, param.temporal_stride, param.temporal_pad),
            plane=(kernel, stride, pad),
        )


def volume_window(layer: Layer, depth: tuple[int, int, int], plane: tuple[int, int, int]) -> Window:
    """The window over (length, height, width) of (kernel, stride, pad) in time and in space."""
    kernel, stride, pad = zip(depth, plane, plane, strict=True)
    if 0 in kernel:
        raise layer.error(
            "Filter dimensions must be nonzero.",
            expected="kernel_depth and kernel_size of at least 1",
            got=f"kernel_depth {depth[0]}, kernel_size {plane[0]}",
        )
    if 0 in stride:
        raise layer.error(
            "Stride dimensions must be nonzero.",
            got=f"temporal_stride {depth[1]}, stride {plane[1]}",
        )
    return Window(kernel=kernel, stride=stride, pad=pad, dilation=(1, 1, 1))


def check_volumes(layer: Layer, bottom: Blobs) -> None:
    """Raise the layer's error where a bottom is no batch of clips."""
    for i, blob in enumerate(bottom):
        if blob.num_axes != 5:
            raise layer.error(
                f"bottom[{i}] must have 5 axes",
                expected="(num, channels, length, height, width)",
                got=f"shape {blob.shape}",
                fix="feed clips: a single frame is a clip of length 1",
            )


def _one(
    layer: Layer, param: Convolution3DParameter | ConvolutionParameter, name: str, default: int
) -> int:
    """The value of a field for height and width, which Caffe's message may hold several times."""
    value = getattr(param, name)
    if isinstance(value, int):
        return value
    values = list(value)
    if len(values) > 1:
        raise layer.error(
            f"{name} must be specified once: it is that of height and width",
            got=f"{len(values)} values",
            fix="kernel_depth, temporal_stride and temporal_pad are those of the length",
        )
    return int(values[0]) if values else default
