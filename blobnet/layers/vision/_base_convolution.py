"""What Convolution and Deconvolution share: their parameters, weights and checks."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Any

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._fused import Fused
from blobnet.layers.vision._spatial import convolution_window
from blobnet.layers.vision._unfused import refuse_fused
from blobnet.proto import LayerParameter
from blobnet.types import Array, Shape


class BaseConvolution(Layer):
    """A layer that slides a window over the axes behind `axis`, with weights for the channels.

    Every bottom has the same shape and makes one top, with the same weights.
    Caffe: base_conv_layer.cpp.
    """

    min_bottom_blobs = 1
    min_top_blobs = 1
    equal_num_bottom_top_blobs = True
    takes_margins = False
    """Whether `pad_l`, `pad_type` and the like have an effect; else they are refused."""

    @abstractmethod
    def weight_channels(self, channels: int, num_output: int, group: int) -> tuple[int, int]:
        """The first two axes of the weights."""

    @abstractmethod
    def output_size(self, size: Shape) -> Shape:
        """The spatial axes of the tops, for bottoms with spatial axes `size`; or an error."""

    def outputs_and_groups(self) -> tuple[int, int]:
        """How many channels the tops have, and in how many groups those of a bottom are seen."""
        param = self.layer_param_.convolution_param
        return param.num_output, param.group

    def __init__(self, layer_param: LayerParameter, **settings: Any) -> None:
        super().__init__(layer_param, **settings)
        self.equal_num_bottom_top_blobs = not self.fused().has_sum

    def fused(self) -> Fused:
        """What is written into the layer that elsewhere stands behind it."""
        refuse_fused(self)
        return Fused()

    def convolved(self, bottom: Blobs) -> Blobs:
        """The bottoms but for one that is added."""
        return bottom[:1] if self._behind.has_sum else bottom

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._behind = self.fused()
        if self._behind.has_sum and (len(bottom), len(top)) != (2, 1):
            raise self.error(
                "a sum that is fused takes two bottoms and makes one top",
                got=f"{len(bottom)} and {len(top)}",
            )
        param = self.layer_param_.convolution_param
        self._axis = bottom[0].canonical_axis(param.axis)
        self._window = convolution_window(
            self, param, bottom[0].num_axes - self._axis - 1, takes_margins=self.takes_margins
        )
        self._channels = bottom[0].shape[self._axis]
        self._num_output, group = self.outputs_and_groups()
        self._has_bias = param.bias_term
        self._check_channels(group)
        num_blobs = 2 if self._has_bias else 1
        if self.blobs_ and len(self.blobs_) != num_blobs:
            raise self.error(
                "Incorrect number of weight blobs.", expected=num_blobs, got=len(self.blobs_)
            )
        channels = self.weight_channels(self._channels, self._num_output, group)
        self.init_blob(0, (*channels, *self._window.kernel), param.weight_filler)
        if self._has_bias:
            self.init_blob(1, (self._num_output,), param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        shape = bottom[0].shape
        num_axes = self._axis + 1 + len(self._window.kernel)
        if len(shape) != num_axes:
            raise self.error(
                "bottom num_axes may not change.", expected=f"{num_axes} axes", got=shape
            )
        if shape[self._axis] != self._channels:
            raise self.error(
                "Input size incompatible with convolution kernel.",
                expected=f"{self._channels} channels on axis {self._axis}",
                got=f"{shape[self._axis]} (bottom shape {shape})",
                fix="feed what the layer was set up for, or rename it to learn new weights",
            )
        for i, blob in enumerate(self.convolved(bottom)):
            if blob.shape != shape:
                raise self.error(
                    "shape mismatch: all bottoms must have the same shape.",
                    expected=f"bottom[{i}] of shape {shape}, as bottom[0]",
                    got=f"shape {blob.shape}",
                )
        self._bottom_shape = shape
        size = self.output_size(shape[self._axis + 1 :])
        for blob in top:
            blob.reshape((*shape[: self._axis], self._num_output, *size))
        if self._behind.has_sum and bottom[1].shape != top[0].shape:
            raise self.error(
                "what is added must have the shape of the top",
                expected=f"bottom[1] of shape {top[0].shape}",
                got=f"shape {bottom[1].shape}",
            )

    def _check_channels(self, group: int) -> None:
        if self._num_output < 1:
            raise self.error("num_output must be at least 1", got=self._num_output)
        if self._channels < 1:
            raise self.error("the bottom has no channels", got=f"0 on axis {self._axis}")
        if group < 1:
            raise self.error("group must be at least 1", got=group)
        if self._channels % group:
            raise self.error(
                "Number of input channels should be multiples of group.",
                got=f"{self._channels} channels, group {group}",
            )
        if self._num_output % group:
            raise self.error(
                "Number of output should be multiples of group.",
                got=f"num_output {self._num_output}, group {group}",
            )

    def _images(self, array: Array) -> Array:
        """A blob's data or diff as (N, channels, *spatial axes)."""
        count = math.prod(array.shape[: self._axis])
        images: Array = array.reshape(count, *array.shape[self._axis :])
        return images
