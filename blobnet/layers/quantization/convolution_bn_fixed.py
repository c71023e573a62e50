"""ConvolutionBNFixed: Convolution and BatchNorm as one convolution with weights of a few bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.inference.fusion import channel_affine
from blobnet.layer import Layer
from blobnet.layer_register import create_layer, register_layer
from blobnet.layers import _statistics_of_all as of_all
from blobnet.layers._gathered import Gather
from blobnet.layers.quantization._fixed import RoundedWeights
from blobnet.layers.vision._unfused import refuse_fused
from blobnet.ops import batch_norm
from blobnet.proto import TEST
from blobnet.serialization.blob_proto import fit_stored
from blobnet.types import Array

_NOT_LEARNED = (3, 4, 5)
_READ = ("eps", "moving_average_fraction", "scale_filler", "bias_filler", "engine")


@register_layer("ConvolutionBNFixed")
class ConvolutionBNFixed(Layer):
    """Convolution without a bias, and BatchNorm with scale and shift; forward, both are one.

    bottom[0]  x: (N, C, *size)            as Convolution
    top[0]     y: (N, O, *places)          as Convolution
    blobs_[0]  W: (O, C / group, *kernel)
    blobs_[1]  scale: (O,)
    blobs_[2]  shift: (O,)
    blobs_[3]  mean: (O,)                  averages over the batches, as in NVCaffe's BatchNorm
    blobs_[4]  variance: (O,)
    blobs_[5]  (1,)                        1

    Forward makes W scale / std and shift - mean scale / std, of the batch's mean and standard
    deviation in TRAIN and of the stored ones in TEST, and rounds these two to `bit_width` bits:
    see ConvolutionFixed. Backward is that of the two layers with nothing rounded.

    Proto: ConvolutionParameter, BatchNormParameter, FixedParameter.
    Caffe: cudnn_conv_bn_fixed_layer.cpp, quantize.cpp of Xilinx (Xilinx/Vitis-AI).
    """

    formula = "y = round(W scale / std) * x + round(shift - mean scale / std)"
    gradient_formula = "That of BatchNorm after Convolution, with nothing rounded."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        if self.layer_param_.convolution_param.bias_term:
            raise self.error(
                "the convolution has no bias: the normalization would take it away again",
                fix="convolution_param { bias_term: false }",
            )
        refuse_fused(self, "shape_offset")
        axis = self.layer_param_.convolution_param.axis
        if bottom[0].canonical_axis(axis) != 1:
            raise self.error("statistics are those of channels on axis 1", got=f"axis {axis}")
        stated = [field.name for field, _ in self.layer_param_.batch_norm_param.ListFields()]
        if foreign := [name for name in stated if name not in _READ]:
            raise self.error(
                f"{self.type} cannot do what only others can",
                expected=f"in batch_norm_param: {', '.join(_READ)}",
                got=", ".join(foreign),
            )
        self._gather: Gather | None = None  # where others' batches count, too
        self._rounded = RoundedWeights(self)
        self._convolved, self._normalized = Blob(dtype=self.dtype), Blob(dtype=self.dtype)
        self._conv, self._norm = self._part("Convolution"), self._part("BatchNorm")
        self._fixed_conv = self._part("Convolution", has_bias=True)
        self._conv.initialize(bottom, [self._convolved])
        self._norm.initialize([self._convolved], [self._normalized])
        self._fixed_conv.initialize(bottom, top)
        mean, variance, one, scale, shift = self._norm.blobs_
        own = [self._conv.blobs_[0], scale, shift, mean, variance, one]
        for blob, stored in zip(own, self.layer_param_.blobs, strict=False):
            fit_stored(blob, stored, blob.shape, "the weights given with the definition")
        self.blobs_ = own
        specs = self.layer_param_.param
        for index in range(len(own)):
            spec = specs[index] if index < len(specs) else specs.add()
            if index in _NOT_LEARNED:
                spec.lr_mult = spec.decay_mult = 0

    def _part(self, layer_type: str, *, has_bias: bool = False) -> Layer:
        """One of the layers that this one is made of, with its settings."""
        param = type(self.layer_param_)()
        param.CopyFrom(self.layer_param_)
        for name in ("blobs", "param", "loss_weight", "propagate_down", "fixed_param"):
            param.ClearField(name)
        param.type = layer_type
        param.convolution_param.bias_term = has_bias
        param.batch_norm_param.scale_bias = True
        layer = create_layer(param, phase=self.phase, dtype=self.dtype, rng=self.rng)
        layer.layer_param_.type = self.type  # by which its errors name it
        return layer

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._conv.reshape(bottom, [self._convolved])
        self._norm.reshape([self._convolved], [self._normalized])
        self._fixed_conv.reshape(bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self.phase != TEST or self.need_backward:
            self._conv.forward_cpu(bottom, [self._convolved])
            self._norm.forward_cpu([self._convolved], [self._normalized])
        factor, shift = self._affine()
        weight = self.blobs_[0].data
        scaled = weight * factor.reshape(-1, *(1,) * (weight.ndim - 1)).astype(self.dtype)
        for values, blob in zip((scaled, shift), self._fixed_conv.blobs_, strict=True):
            self._rounded.write(values.astype(self.dtype), blob.data)
        self._fixed_conv.forward_cpu(bottom, top)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        wanted = self.param_propagate_down_
        self._conv.param_propagate_down_ = wanted[:1]
        self._norm.param_propagate_down_ = [False] * 3 + wanted[1:3]
        np.copyto(self._normalized.diff, top[0].diff)
        self._norm.backward_cpu([self._normalized], [True], [self._convolved])
        self._conv.backward_cpu([self._convolved], propagate_down, bottom)

    def use_statistics_of(self, gather: Gather) -> bool:
        self._gather = gather if self._norm.use_statistics_of(gather) else None
        return self._gather is not None

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        """Every output value is a sum over what one filter sees."""
        return top[0].count() * self.blobs_[0].count(1)

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "norm": self._norm.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        if not isinstance(state.get("norm"), dict):
            raise self.error("the state to go on from is of another kind")
        self._norm.set_state(state["norm"])

    def _affine(self) -> tuple[Array, Array]:
        """What each channel is multiplied with, and what is added: BatchNorm as a whole."""
        stored = channel_affine(self._norm) if self.phase == TEST else None
        if stored is not None:
            return stored
        _, mean, variance = of_all.moments(self._convolved.data, self._gather)
        eps = max(self.layer_param_.batch_norm_param.eps, float(np.float32(1e-5)))
        scale, shift = self.blobs_[1].data, self.blobs_[2].data
        factor = scale * batch_norm.inverse_std(variance, eps)
        return factor, shift - mean * factor
