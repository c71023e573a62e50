"""ChannelScale: scales each item, or each pixel, by a number of its own, or all by their mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers import _gathered as of_all
from blobnet.layers._gathered import Gather
from blobnet.layers._in_place import refuse_in_place
from blobnet.proto import TRAIN, FillerParameter
from blobnet.types import Array


@register_layer("ChannelScale")
class ChannelScale(Layer):
    """Multiplies all channels of a pixel by one number, as the norm that Normalize took away.

    bottom[0]  x: (N, C, H, W)     up to 4 axes
    bottom[1]  scale: (N, 1, H, W) as many values as x has pixels
    top[0]     y: as x
    top[1]     scale: (1,)         with `global_scale` (optional)
    blobs_[0]  scale: (1,)         with `global_scale`: what all values are multiplied by

    With `global_scale` the number is the mean of |bottom[1]| in the first forward of TRAIN, and
    then follows that mean, 0.99 of it kept each time, between `min_global_scale` and
    `max_global_scale`; the gradient of x is still made with bottom[1], as in the fork. Without
    `do_forward` y = x. `init_global_scale` is read nowhere.

    Proto: ChannelScaleParameter.  Caffe: channel_scale_layer.cu of happynear/caffe-windows, whose
    channel_scale_layer.cpp never moves the global scale.
    """

    formula = "y = x * scale."
    gradient_formula = (
        "dx = dy * scale, or dy without `do_backward_feature`;  dscale = the sum of dy x over the "
        "channels, or 0 without `do_backward_scale`."
    )

    exact_num_bottom_blobs = 2
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._gather: Gather | None = None  # where others' batches count, too
        self._param = param = self.layer_param_.channel_scale_param
        if len(top) > 1 and not param.global_scale:
            raise self.error("the second top is for global_scale", got="two tops")
        if not param.global_scale:
            return
        self.init_blob(0, (1,), FillerParameter(value=-1))
        specs = self.layer_param_.param
        if not specs:
            specs.add(lr_mult=0, decay_mult=0)
        elif specs[0].lr_mult != 0:
            raise self.error(
                "Cannot configure statistics as layer parameters.",
                expected="lr_mult: 0",
                got=f"lr_mult: {specs[0].lr_mult:g}",
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, scale = bottom
        if scale.count != x.num * x.height * x.width:
            raise self.error(
                "bottom[1] must have a value for each pixel of bottom[0]",
                expected=f"{x.num * x.height * x.width} values",
                got=f"shape {scale.shape}",
            )
        top[0].reshape_like(x)
        if len(top) > 1:
            top[1].reshape((1,))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, scale = self._pixels(bottom[0].data, bottom), self._scale(bottom)
        y = self._pixels(top[0].data, bottom)
        if not self._param.do_forward:
            y[...] = x
        elif self._param.global_scale:
            if self.phase == TRAIN and scale.size:
                self._follow(float(of_all.mean(np.abs(scale).reshape(-1), self._gather)))
            np.multiply(x, self.blobs_[0].data, out=y)
        else:
            np.multiply(x, scale, out=y)
        if len(top) > 1:
            top[1].data[...] = self.blobs_[0].data

    def use_statistics_of(self, gather: Gather) -> bool:
        self._gather = gather
        return self._param.global_scale and self._param.do_forward and self.phase == TRAIN

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = self._pixels(top[0].diff, bottom)
        if propagate_down[0]:
            dx = self._pixels(bottom[0].diff, bottom)
            np.multiply(dy, self._scale(bottom) if self._param.do_backward_feature else 1, out=dx)
        if propagate_down[1]:
            dscale = bottom[1].diff.reshape(dy.shape[0], dy.shape[2])
            dscale[...] = 0
            if self._param.do_backward_scale:
                x = self._pixels(bottom[0].data, bottom)
                np.einsum("ncp,ncp->np", dy, x, out=dscale)

    def _follow(self, mean: float) -> None:
        """Let the global scale follow what a batch has."""
        kept = float(self.blobs_[0].data[0])
        new = mean if kept < 0 else kept * 0.99 + mean * 0.01
        bounds = self._param.min_global_scale, self._param.max_global_scale
        self.blobs_[0].data[...] = max(min(new, bounds[1]), bounds[0])

    def _scale(self, bottom: Blobs) -> Array:
        x = bottom[0]
        scale: Array = bottom[1].data.reshape(x.num, 1, x.height * x.width)
        return scale

    def _pixels(self, array: Array, bottom: Blobs) -> Array:
        x = bottom[0]
        return array.reshape(x.num, x.channels, x.height * x.width)
