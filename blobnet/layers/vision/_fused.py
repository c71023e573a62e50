"""Sums and rectifiers that forks write into a Convolution, which elsewhere are layers behind it."""

from __future__ import annotations

from typing import NamedTuple

from blobnet.layer import Layer
from blobnet.ops.relu import relu_backward
from blobnet.ops.workspace import scratch
from blobnet.proto import ConvolutionParameter, EltwiseParameter
from blobnet.types import Array

UNFUSED, MAX_POOLING, RELU, ELTWISE_RELU = (
    ConvolutionParameter.UNFUSED,
    ConvolutionParameter.FUSED_CONV_MAX_POOLING_RELU,
    ConvolutionParameter.FUSED_CONV_RELU,
    ConvolutionParameter.FUSED_CONV_ELTWISE_RELU,
)


class Fused(NamedTuple):
    """y = rectified(what the layer computes + bottom[1]), each of the two or none."""

    has_sum: bool = False
    slope: float | None = None

    def backward(self, y: Array, dy: Array) -> Array:
        """The gradient of what is summed up."""
        if self.slope is None:
            return dy
        change = scratch("behind a convolution", dy.shape, dy.dtype)
        relu_backward(dy, y, self.slope, out=change)
        return change


def fused(layer: Layer) -> Fused:
    """What the layer's `convolution_param` asks for. Raises the layer's error.

    Intel writes `relu`, `negative_slope` and `fusion_type`, the OpenCL branch `fuse_type`.
    """
    param = layer.layer_param_.convolution_param
    if param.relu or param.fusion_type:
        has_sum = param.fusion_type == ConvolutionParameter.SUM_FUSION
        chosen = Fused(has_sum, param.negative_slope if param.relu else None)
    elif param.fuse_type == MAX_POOLING:
        raise layer.error("the OpenCL branch itself has no FUSED_CONV_MAX_POOLING_RELU")
    elif param.fuse_type:
        chosen = Fused(param.fuse_type == ELTWISE_RELU, param.relu_param.negative_slope)
        operation = layer.layer_param_.eltwise_param.operation
        if chosen.has_sum and (operation != EltwiseParameter.SUM or param.eltwise_param.coeff):
            raise layer.error("an Eltwise that is fused must be a sum without coefficients")
    else:
        chosen = Fused()
    if param.shape_offset:
        raise layer.error("only a Deconvolution has a shape_offset")
    if chosen.slope is not None and chosen.slope < 0:
        raise layer.error(
            "a rectifier that is fused cannot have a negative slope",
            got=chosen.slope,
            fix="write it as a ReLU layer behind",
        )
    return chosen
