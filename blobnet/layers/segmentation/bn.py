"""BN: batch normalization with a learned factor and offset; five forks have their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers import _statistics_of_all as of_all
from blobnet.layers._gathered import Gather
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.data._batch import refusing_foreign_states
from blobnet.layers.segmentation._bn_shapes import Stored, adapted, image_shape
from blobnet.ops import batch_norm
from blobnet.ops.broadcast import gradients_around, scale
from blobnet.ops.workspace import scratch
from blobnet.proto import TEST, BNParameter
from blobnet.types import Array, Shape

_OF_PARSENET = ("var_eps", "moving_average", "decay", "across_spatial")
_OF_SEGNET = ("bn_mode", "scale_filler", "shift_filler")
_EPS_OF_SEGNET = 1e-9


@register_layer("BN", "SyncBN")
class BN(Layer):
    """Normalization, a factor and an offset, channel by channel.

    bottom[0]  x: (N, C, ...)  two axes or more
    top[0]     y: the shape of x
    top[1]     mean: (1, C, 1, 1)  of the batch; without statistics of its own only, optional
    top[2]     variance: (1, C, 1, 1)  likewise
    blobs_[0]  slope: (1, C, 1, 1), or (1, C, H, W) without `across_spatial`
    blobs_[1]  bias: the shape of slope
    blobs_[2]  mean: (1, C, 1, 1)  what is kept of the batches' means; where it has statistics
    blobs_[3]  variance: (1, C, 1, 1)  likewise; neither is learned

    What the forks mean by the name is decided by the fields that bn_param states, in this order:

    bn_mode                  SegNet, ENet: two blobs. LEARN normalizes by the batch in both phases,
                             with an eps of 1e-9; INFERENCE is slope and bias alone, the statistics
                             having been folded into them
    var_eps, moving_average, ParseNet: two blobs, eps is `var_eps`. With `moving_average`, TRAIN
    decay, across_spatial    remembers average = decay * batch + (1 - decay) * average, which no
                             weight file holds, and TEST normalizes by it; without, by the batch.
                             A third `param` means the four blobs of HydraPlus-Net, which hold these
                             averages. Where the definition brings four blobs along, as old
                             caffe-windows has them, average = decay * average + (1 - decay) * batch
    icnet                    Synopsys': PSPNet's if true, SegNet's if false
    scale_filler,            without a field of the next line: SegNet
    shift_filler
    any other, or none       PSPNet, TSN, L-Softmax, caffe-windows, SyncBN: four blobs. TRAIN
                             normalizes by the batch and keeps momentum * kept + (1 - momentum) *
                             batch; TEST, and `frozen`, normalize by what is kept. Where there is no
                             bn_param at all, two blobs that come with the definition, or more tops
                             than one, mean SegNet

    Kept variances start at 0, or at 1 if `frozen`, where the means stay 0. All of these files that
    hold 1 / sqrt(variance + eps) in blobs_[3] (of caffe-windows, L-Softmax and early TSN) must be
    converted: variance = 1 / kept^2 - eps.

    May work in place, keeping a copy of x where the gradient needs it.
    Proto: BNParameter.  Caffe: bn_layer.cpp of SegNet, PSPNet, ParseNet and TSN.
    """

    formula = (
        "Batch normalization: y = slope * (x - mean) / sqrt(variance + eps) + bias; "
        "slope * x + bias where the statistics are folded in."
    )
    gradient_formula = (
        "dbias += sum(dy), dslope += sum(dy * x'), dx = (dx' - mean(dx') - x' * mean(dx' * x')) / "
        "sqrt(variance + eps), with x' the normalized x and dx' = slope * dy; with kept statistics "
        "dx = dx' / sqrt(variance + eps)."
    )

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    max_top_blobs = 3
    backward_reads_top = False
    works_in_place = True
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self._settings()
        self._channels = bottom[0].shape[1] if bottom[0].num_axes > 1 else 1
        self._num_blobs = self._count_blobs(param, len(top))
        is_parsenet = any(param.HasField(name) for name in _OF_PARSENET)
        if len(top) > 1 and (self._num_blobs == 4 or is_parsenet):
            raise self.error(
                "BN Layer produces at most 1 top blob(s) as output.",
                got=f"{len(top)}, and settings of another fork",
                fix="only SegNet's gives mean and variance: take the other settings out",
            )
        self._per_place = is_parsenet and not param.across_spatial and self._num_blobs == 2
        self._is_folded = param.HasField("bn_mode") and param.bn_mode == BNParameter.INFERENCE
        self._eps = _EPS_OF_SEGNET if self._num_blobs == 2 else param.eps
        if is_parsenet:
            self._eps = param.var_eps
        self._share_kept = self._kept_share(param, is_parsenet=is_parsenet)
        self._use_kept = (self._num_blobs == 4 and param.frozen) or (
            self.phase == TEST and self._share_kept is not None
        )
        shape = self._blob_shape(bottom[0].shape)
        self._init_blobs(param, shape)
        self._average = [np.zeros(math.prod(shape)), np.zeros(math.prod(shape))]
        self._gather: Gather | None = None  # where others' batches count, too
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, places = bottom[0].shape, self.blobs_[0].shape[1:]
        if shape[1:2] != (self._channels,) or (self._per_place and image_shape(shape) != places):
            wanted = f"(N, {', '.join(map(str, places))})" if self._per_place else None
            raise self.error(
                "the input does not have the channels of the weights",
                expected=wanted or f"shape (N, {self._channels}, ...), of two axes or more",
                got=f"shape {shape}",
                fix="keep the shape that the layer was set up with",
            )
        top[0].reshape_like(bottom[0])
        for blob in top[1:]:
            blob.reshape((1, self._channels, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = self._by_factor(bottom[0].data), self._by_factor(top[0].data)
        slope, bias = (blob.data.reshape(-1) for blob in self.blobs_[:2])
        room = self._saved_input.room(bottom[0], top[0], need_backward=self.need_backward)
        saved = None if room is None else self._by_factor(room)
        for blob in top[1:]:
            blob.data.fill(0)
        if self._is_folded:
            scale(x, slope, 1, out=y, shift=bias, saved=saved)
            return
        if self._use_kept:
            self._mean, variance = (values.astype(np.float64) for values in self._kept())
            self._inv_std = batch_norm.inverse_std(variance, self._eps_of_kept)
            if saved is not None:
                np.copyto(saved, x)
            batch_norm.normalize(x, self._mean, self._inv_std, out=y)
        else:
            found = of_all.standardize(x, self._eps, self._gather, out=y, saved=saved)
            count, self._mean, variance, self._inv_std = found
            self._keep(self._mean, variance, count)
            for blob, values in zip(top[1:], (self._mean, variance), strict=False):
                blob.data.reshape(-1)[:] = values
        scale(y, slope, 1, out=y, shift=bias)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x = self._by_factor(self._saved_input.values(bottom[0], top[0]))
        dy, dx = self._by_factor(top[0].diff), self._by_factor(bottom[0].diff)
        slope = self.blobs_[0].data.reshape(-1)
        if any(self.param_propagate_down_[:2]):
            self._add_gradients(x, dy)
        if not propagate_down[0]:
            return
        if self._is_folded:
            scale(dy, slope, 1, out=dx)
        elif self._use_kept:
            scale(dy, (slope * self._inv_std).astype(self.dtype), 1, out=dx)
        else:
            scale(dy, slope, 1, out=dx)
            of_all.gradient(x, dx, self._mean, self._inv_std, self._gather, out=dx)

    def use_statistics_of(self, gather: Gather) -> bool:
        if self._is_folded or self._use_kept:
            return False
        self._gather = gather
        return True

    def channel_affine(self) -> tuple[Array, Array] | None:
        if self._per_place or not (self._is_folded or self._use_kept):
            return None
        slope, bias = (blob.data.reshape(-1).astype(np.float64) for blob in self.blobs_[:2])
        if self._is_folded:
            return slope, bias
        mean, variance = (values.astype(np.float64) for values in self._kept())
        factor = slope * batch_norm.inverse_std(variance, self._eps_of_kept)
        return factor, bias - mean * factor

    def stored_moments(self) -> tuple[Array, Array] | None:
        """The mean and variance of each channel that are kept; None where others are used."""
        if self._per_place or not self._use_kept:
            return None
        mean, variance = self._kept()
        return mean, variance

    def get_state(self) -> dict[str, Any]:
        state = super().get_state()
        if self._num_blobs == 2 and self._share_kept is not None:
            state["average"] = [values.tolist() for values in self._average]
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        with refusing_foreign_states(self):
            super().set_state(state)
            if self._num_blobs == 2 and self._share_kept is not None:
                for own, values in zip(self._average, state["average"], strict=True):
                    own[:] = np.array(values, np.float64).reshape(own.shape)

    # --- which fork's it is -------------------------------------------------------------------

    def _settings(self) -> BNParameter:
        return self.layer_param_.bn_param

    def _count_blobs(self, param: BNParameter, num_top: int) -> int:
        given = len(self.blobs_)
        if param.HasField("bn_mode"):
            return 2
        if any(param.HasField(name) for name in _OF_PARSENET):
            return 4 if given == 4 or len(self.layer_param_.param) > 2 else 2
        if param.HasField("icnet"):
            return 4 if param.icnet else 2
        stated = {field.name for field, _ in param.ListFields()}
        if stated:
            return 2 if stated <= set(_OF_SEGNET) else 4
        return 2 if given == 2 or num_top > 1 else 4

    def _kept_share(self, param: BNParameter, *, is_parsenet: bool) -> float | None:
        """The share of the old average that stays; None where none is kept."""
        self._eps_of_kept = self._eps
        if self._num_blobs == 4 and is_parsenet and len(self.blobs_) == 4:
            self._eps_of_kept = 0.0  # as in caffe-windows
            return param.decay
        if is_parsenet:
            is_kept_anyway = self._num_blobs == 4 and self.phase != TEST
            return 1 - param.decay if param.moving_average or is_kept_anyway else None
        return param.momentum if self._num_blobs == 4 else None

    def _blob_shape(self, shape: Shape) -> Shape:
        return (1, *image_shape(shape)) if self._per_place else (1, self._channels, 1, 1)

    def _init_blobs(self, param: BNParameter, shape: Shape) -> None:
        is_new_style = self._num_blobs == 4 and not param.HasField("scale_filler")
        slope = param.slope_filler if is_new_style else param.scale_filler
        is_new_style = self._num_blobs == 4 and not param.HasField("shift_filler")
        bias = param.bias_filler if is_new_style else param.shift_filler
        self.init_blob(0, shape, slope)
        self.init_blob(1, shape, bias)
        if self._num_blobs == 2:
            return
        given = len(self.blobs_)
        self.init_blob(2, shape)
        self.init_blob(3, shape)
        if given < 4 and param.frozen:
            self.blobs_[3].data.fill(1)
        specs = self.layer_param_.param
        while len(specs) < 4:
            specs.add()
        for spec in specs if param.frozen else specs[2:]:
            spec.lr_mult = spec.decay_mult = 0

    def adapt_stored(self, stored: Stored) -> tuple[Stored, Stored]:
        return adapted(stored, [blob.shape for blob in self.blobs_]), {}

    # --- statistics ---------------------------------------------------------------------------

    def _kept(self) -> list[Array]:
        """Mean and variance, as they are kept."""
        if self._num_blobs == 4:
            return [blob.data.reshape(-1) for blob in self.blobs_[2:]]
        return self._average

    def _keep(self, mean: Array, variance: Array, size: int) -> None:
        """Take the statistics of a batch into those that are kept."""
        is_asked = self._num_blobs == 4 or self.phase != TEST
        if self._share_kept is None or not size or not is_asked:
            return
        for kept, new in zip(self._kept(), (mean, variance), strict=True):
            kept *= self._share_kept
            kept += (1 - self._share_kept) * new

    def _add_gradients(self, x: Array, dy: Array) -> None:
        """Those of slope and bias."""
        factor = x
        if not self._is_folded:
            factor = scratch("normalized input", x.shape, x.dtype)
            batch_norm.normalize(x, self._mean, self._inv_std, out=factor)
        gradients = gradients_around(factor, dy, 1, dy.shape[1:2])
        for blob, is_wanted, gradient in zip(
            self.blobs_[:2], self.param_propagate_down_, gradients, strict=False
        ):
            if is_wanted:
                blob.diff.reshape(-1)[:] += gradient

    def _by_factor(self, x: Array) -> Array:
        """x with one factor for each index of axis 1."""
        return x.reshape(len(x), math.prod(x.shape[1:])) if self._per_place else x
