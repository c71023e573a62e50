"""GainChannel: a learned gain for each channel, of which few are to stay large."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.ops.broadcast import scale, sum_products_around
from blobnet.types import Array


@register_layer("GainChannel")
class GainChannel(Layer):
    """Product with a gain for each channel.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: the same shape
    blobs_[0]  gain: (1, C, 1, 1)

    Forward first raises gains to at least `thresh`, and with `norm_mean` divides them by their
    mean. To the gradient of the gains backward adds `drift` for all but the `num_output_nz` largest
    ones, and normal noise of deviation `stdev`; with `norm_mean` it then takes the mean out.

    May work in place, keeping a copy of x.
    Proto: GainChannelParameter.  Caffe: gain_channel_layer.cpp of DeepLab v1.
    """

    formula = "y = gain * x, with a gain for each channel."
    gradient_formula = "dgain += sum(dy * x), drifted, with noise, less its mean; dx = dy * gain."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False
    works_in_place = True
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.gain_channel_param
        self._channels = bottom[0].shape[1] if bottom[0].num_axes == 4 else 0
        if not 0 < param.num_output_nz <= self._channels:
            raise self.error(
                "num_output_nz is the number of channels that are to stay",
                expected=f"1 to {self._channels}, the channels of (N, C, H, W)",
                got=f"{param.num_output_nz} for shape {bottom[0].shape}",
            )
        for name in ("drift", "stdev"):
            if not getattr(param, name) >= 0:
                raise self.error(f"{name} needs to be non-negative", got=getattr(param, name))
        if not param.thresh > 0:
            raise self.error("Gain threshold needs to be positive", got=param.thresh)
        if not self.blobs_ and not param.HasField("gain_filler"):
            raise self.error(
                "Need to specify the gain filler (typically const = 1)",
                fix='gain_filler { type: "constant" value: 1 }',
            )
        self.init_blob(0, (1, self._channels, 1, 1), param.gain_filler)
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) != 4 or shape[1] != self._channels:
            raise self.error(
                "the input does not have the channels of the gains",
                expected=f"shape (N, {self._channels}, H, W)",
                got=f"shape {shape}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param, gain = self.layer_param_.gain_channel_param, self._gain()
        np.maximum(gain, gain.dtype.type(param.thresh), out=gain)
        if param.norm_mean:
            gain *= self._channels / gain.sum()
        x, y = bottom[0].data, top[0].data
        saved = self._saved_input.room(bottom[0], top[0], need_backward=self.need_backward)
        scale(x, gain, 1, out=y, saved=saved)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff
        if self.param_propagate_down_[0]:
            x = self._saved_input.values(bottom[0], top[0])
            gradient = sum_products_around(dy, x, 1, (self._channels,))
            self.blobs_[0].diff.reshape(-1)[:] += self._steered(gradient)
        if propagate_down[0]:
            scale(dy, self._gain(), 1, out=bottom[0].diff)

    def _gain(self) -> Array:
        return self.blobs_[0].data.reshape(-1)

    def _steered(self, gradient: Array) -> Array:
        """The gradient of the gains, so that the small ones shrink."""
        param, gain = self.layer_param_.gain_channel_param, self._gain()
        if param.drift > 0:
            least = np.sort(gain)[-param.num_output_nz]
            gradient = gradient + param.drift * (gain < least)
        if param.stdev > 0:
            gradient = gradient + param.stdev * self.rng.normal(size=gradient.shape)
        return gradient - gradient.mean() if param.norm_mean else gradient
