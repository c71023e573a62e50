"""Scale: multiplies by a learned or given factor, one for each channel for example."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.common._broadcast import Broadcast
from blobnet.ops.broadcast import gradients_around, scale, scale_backward, sum_products_around
from blobnet.proto import FillerParameter
from blobnet.types import Array, Shape

_ONE = FillerParameter(type="constant", value=1)


@register_layer("Scale")
class Scale(Broadcast):
    """Product with a smaller blob, plus a bias.

    bottom[0]  x: any shape
    bottom[1]  s: instead of a learned one; its shape is that of x from `axis` on
    top[0]     y: the shape of x
    blobs_[0]  s: `num_axes` axes of x from `axis` on, one number for 0; only with one bottom
    blobs_[-1] b: the shape of s; only where `bias_term` is set

    caffe-windows' `min_value` and `max_value` are limits of s: a learned one is brought within
    them in every forward, of a given one a copy.

    May work in place, keeping a copy of x.
    Proto: ScaleParameter.  Caffe: scale_layer.cpp, bias_layer.cpp; the former of caffe-windows
    (happynear/caffe-windows), too.
    """

    formula = "Product with a smaller blob, plus a bias: y = s * x + b."
    gradient_formula = (
        "ds = dy * x and db = dy, each summed over the axes that s has not; dx = dy * s."
    )

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.scale_param
        x, num_axes = bottom[0], param.num_axes
        if len(bottom) == 1:
            shape = self.learned_shape(x, param.axis, num_axes, "scale")
            self.init_blob(0, shape, param.filler if param.HasField("filler") else _ONE)
        else:
            num_axes = bottom[1].num_axes
        if param.bias_term:
            shape = self.learned_shape(x, param.axis, num_axes, "bias")
            self.init_blob(2 - len(bottom), shape, param.bias_filler)
        self._has_bias = param.bias_term
        self._limits = tuple(
            getattr(param, name) if param.HasField(name) else None
            for name in ("min_value", "max_value")
        )
        self._within_limits: Array | None = None  # a given factor, where it has limits
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        axis = self.layer_param_.scale_param.axis
        self._axis = self.fitting_axis(bottom[0], self._scale(bottom).shape, axis, "scale")
        if self._has_bias:
            self.fitting_axis(bottom[0], self.blobs_[-1].shape, axis, "bias")
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        saved = self._saved_input.room(bottom[0], top[0], need_backward=self.need_backward)
        bias = self.blobs_[-1].data if self._has_bias else None
        if any(limit is not None for limit in self._limits):
            self._limit(bottom)
        scale(x, self._factor(bottom), self._axis, out=y, shift=bias, saved=saved)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, dy = self._saved_input.values(bottom[0], top[0]), top[0].diff
        factor = self._scale(bottom)
        is_whole = self._has_bias and all(propagate_down) and all(self.param_propagate_down_)
        d_factor: Array | None
        d_bias: Array | None
        if is_whole:
            dx = bottom[0].diff
            d_factor, d_bias = scale_backward(x, dy, self._factor(bottom), self._axis, out=dx)
        else:
            d_factor, d_bias = self._gradients(x, dy, factor.shape, propagate_down)
        if d_bias is not None:
            self.blobs_[-1].diff += d_bias
        if d_factor is not None and len(bottom) == 2:
            factor.diff[...] = d_factor
        elif d_factor is not None:
            factor.diff += d_factor
        if propagate_down[0] and not is_whole:
            scale(dy, self._factor(bottom), self._axis, out=bottom[0].diff)

    def _gradients(
        self, x: Array, dy: Array, shape: Shape, propagate_down: Sequence[bool]
    ) -> tuple[Array | None, Array | None]:
        """Of the factor and of the bias, as far as they are wanted."""
        given = len(propagate_down) == 2
        factor_wanted = propagate_down[1] if given else self.param_propagate_down_[0]
        if not self._has_bias:
            return sum_products_around(dy, x, self._axis, shape) if factor_wanted else None, None
        bias_wanted = self.param_propagate_down_[-1]
        if not (factor_wanted or bias_wanted):
            return None, None
        d_factor, d_bias = gradients_around(x, dy, self._axis, shape)
        return d_factor if factor_wanted else None, d_bias if bias_wanted else None

    def learned_affine(self) -> tuple[Array, Array] | None:
        """(factor, shift) of each channel, where both learn and nothing else is asked for."""
        by_channel = len(self.blobs_) == 2 and self.blobs_[0].num_axes == 1 and self._axis == 1
        limited = any(limit is not None for limit in self._limits)
        if not by_channel or limited or not all(self.param_propagate_down_):
            return None
        return self.blobs_[0].data, self.blobs_[1].data

    def input_is_made_by(self, make: Callable[[], Array]) -> None:
        """Another layer did the work of this one's forward, and can make its input again."""
        self._saved_input.make_by(make)

    def channel_affine(self) -> tuple[Array, Array] | None:
        by_channel = self.blobs_[0].num_axes == 1 and self._axis == 1
        if len(self.layer_param_.bottom) != 1 or not by_channel:
            return None
        factor = self._clipped(self.blobs_[0].data)
        return factor, self.blobs_[1].data if self._has_bias else np.zeros_like(factor)

    def _limit(self, bottom: Blobs) -> None:
        """Bring the factor within its limits: learned in place, given in a copy."""
        clipped = self._clipped(self._scale(bottom).data)
        if len(bottom) > 1:
            self._within_limits = clipped
        else:
            self.blobs_[0].data[...] = clipped

    def _clipped(self, factor: Array) -> Array:
        low, high = self._limits
        factor = factor if low is None else np.maximum(factor, low)
        return factor if high is None else np.minimum(factor, high)

    def _factor(self, bottom: Blobs) -> Array:
        return self._scale(bottom).data if self._within_limits is None else self._within_limits

    def _scale(self, bottom: Blobs) -> Blob:
        return bottom[1] if len(bottom) > 1 else self.blobs_[0]
