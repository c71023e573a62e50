"""BatchNorm: every channel brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers import _statistics_of_all as of_all
from blobnet.layers._gathered import Gather
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.normalization._batch_norm_files import Stored, in_order, split
from blobnet.layers.normalization._batch_norm_forks import (
    Behind,
    average_in,
    inverse_std,
    partial_gradient,
    partial_moments,
    settings,
)
from blobnet.layers.normalization._joined_batch_norm import JoinedBatchNorm
from blobnet.ops import batch_norm
from blobnet.ops.broadcast import scale
from blobnet.proto import TEST, FillerParameter
from blobnet.sources.source import whole_number
from blobnet.types import Array, DType

_LEAST_EPS = float(np.float32(1e-5))  # of NVCaffe
_ONE = FillerParameter(type="constant", value=1)
_STATISTICS = 3  # blobs that are not learned


@register_layer("BatchNorm")
class BatchNorm(JoinedBatchNorm):
    """Batch normalization, channel by channel.

    bottom[0]  x: (N, C, ...)  two axes or more
    top[0]     y: the shape of x
    blobs_[0]  (C,)  the sum of all batches' means
    blobs_[1]  (C,)  the sum of their variances, each times m / (m - 1)
    blobs_[2]  (1,)  how many batches there were; the three start at 0
    blobs_[3]  (C,)  a factor behind, and
    blobs_[4]  (C,)  an offset, in NVCaffe and Intel's fork, where they are stated

    In training, mean and variance are those of the batch: of m = N * (places) values for each
    channel. Forward also takes them into the sums, which are first multiplied by
    `moving_average_fraction`; so older batches count less and less. An empty batch adds nothing.
    In the TEST phase, or as `use_global_stats` says, they are the sums divided by blobs_[2] (0
    where that is 0), and the sums stay.

    The sums are statistics and not learned: a `param` must state lr_mult: 0, and those left out
    are added. There is no learned factor here: that is what a Scale layer behind is for.

    With `scale_bias` or one of its fillers the layer is NVCaffe's: factor and offset are learned
    at the rates 1; TRAIN means the batch's statistics and TEST the stored ones, which are moving
    averages (of the mean, and of variance + eps); the first two batches replace them, blobs_[2]
    is 1, and eps is 1e-5 at least. With `use_weight_bias`, `bias_term`, `filler` or `relu` it is
    that of Intel's MKL engines: a factor unless `use_weight_bias` is false, an offset unless
    `bias_term` is, and a rectifier behind for `relu`. `stats_batch_size` cuts a batch into parts
    with statistics of their own. caffe-windows' `disable_mean` and `disable_variance` leave one
    of the two out. PSPNet's `update_global_stats` divides, in TRAIN with `use_global_stats`, by
    the batch's deviation from the stored mean and takes both in; its gradient knows nothing of it.
    Processes that train together with `--sync-bn` use the mean and variance of all their batches.
    Without Synopsys' `add_eps_before_sqrt` the divisor is sqrt(variance) + eps.

    May work in place, keeping a copy of x where the gradient needs it.
    Proto: BatchNormParameter.  Caffe: batch_norm_layer.cpp, also those of NVCaffe
    (NVIDIA/caffe), intel/caffe, caffe-windows (happynear/caffe-windows), hszhao/PSPNet, Synopsys.
    """

    formula = "Batch normalization: y = (x - mean) / sqrt(variance + eps), channel by channel."
    gradient_formula = (
        "dx = (dy - mean(dy) - y * mean(dy * y)) / sqrt(variance + eps), and "
        "dx = dy / sqrt(variance + eps) with the stored statistics."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False
    works_in_place = True
    has_side_effects = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.batch_norm_param
        stated = param.HasField("use_global_stats")
        self._use_stored = param.use_global_stats if stated else self.phase == TEST
        chosen = settings(param)
        self._is_nvcaffe, self._eps, self._batches_seen = chosen.is_nvcaffe, param.eps, 0
        if self._is_nvcaffe:
            self._use_stored, self._eps = self.phase == TEST, max(param.eps, _LEAST_EPS)
        self._is_partial = (
            param.disable_mean or param.disable_variance or not param.add_eps_before_sqrt
        )
        self._is_updated = self._use_stored and self.phase != TEST and param.update_global_stats
        has_more = chosen.has_factor or chosen.has_rectifier
        self._behind = Behind(self, chosen) if has_more else None
        self.backward_reads_bottom = not self._use_stored or chosen.has_factor
        self.backward_reads_top = chosen.has_rectifier
        self._channels = bottom[0].shape[1] if bottom[0].num_axes > 1 else 1
        for index, length in enumerate((self._channels, self._channels, 1)):
            self.init_blob(index, (length,), _ONE if index == 2 and self._is_nvcaffe else None)
        if chosen.has_factor:
            self.init_blob(3, (self._channels,), chosen.factor)
        if chosen.has_offset:
            self.init_blob(4, (self._channels,), chosen.offset)
        self._keep_from_solver()
        self._gather: Gather | None = None  # where others' batches count, too
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].shape[1:2] != (self._channels,):
            raise self.error(
                "the input does not have the channels of the statistics",
                expected=f"shape (N, {self._channels}, ...), of two axes or more",
                got=f"shape {bottom[0].shape}",
                fix="keep the channels that the layer was set up with; a blob of one axis needs "
                "a Reshape layer in front",
            )
        top[0].reshape_like(bottom[0])
        items = bottom[0].shape[0]
        size = self.layer_param_.batch_norm_param.stats_batch_size
        if self._use_stored or not size:
            self._parts = [slice(None)]
            return
        if items % size:
            raise self.error(
                "the batch cannot be cut into parts of stats_batch_size",
                expected=f"a multiple of {size} items",
                got=f"{items} (bottom shape {bottom[0].shape})",
            )
        self._parts = [slice(begin, begin + size) for begin in range(0, items, size)]

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y, eps, self._was_joined = bottom[0].data, top[0].data, self._eps, False
        if self._use_stored:
            if self.backward_reads_bottom:
                self._save(bottom, top)
            mean, inv_std = self._stored(x)
            self._used = [(mean, inv_std)]
            batch_norm.normalize(x, mean, inv_std, out=y)
        elif self._is_partial or len(self._parts) != 1:
            self._save(bottom, top)
            self._used = [self._normalize_part(x[part], y[part]) for part in self._parts]
        else:
            saved = self._saved_input.room(bottom[0], top[0], need_backward=self.need_backward)
            found = of_all.standardize(x, eps, self._gather, out=y, saved=saved)
            m, mean, variance, inv_std = found
            self._used = [(mean, inv_std)]
            self._take_in(mean, variance, m)
        if self._behind is not None:
            self._behind.forward(y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0] and self._behind is None:
            return
        x = self._saved_input.values(bottom[0], top[0]) if self.backward_reads_bottom else None
        for part, (mean, inv_std) in zip(self._parts, self._used, strict=True):
            dy, dx = top[0].diff[part], bottom[0].diff[part]
            if self._behind is not None:
                values = dy if x is None else x[part]
                dy = self._behind.backward(values, top[0].data[part], dy, mean, inv_std)
            if not propagate_down[0]:
                continue
            if self._use_stored or x is None:
                scale(dy, inv_std.astype(self.dtype), 1, out=dx)
            elif self._is_partial:
                param = self.layer_param_.batch_norm_param
                partial_gradient(x[part], dy, mean, inv_std, param, self._gather, out=dx)
            else:
                of_all.gradient(x[part], dy, mean, inv_std, self._gather, out=dx)

    def use_statistics_of(self, gather: Gather) -> bool:
        if self._use_stored and not self._is_updated:
            return False
        size = self.layer_param_.batch_norm_param.stats_batch_size
        if size and not self._use_stored:
            raise self.error(
                "statistics of parts of a batch cannot be those of all processes' batches",
                expected="batch_norm_param without stats_batch_size",
                got=f"stats_batch_size: {size}",
                fix="leave out either that or --sync-bn",
            )
        self._gather = gather
        return True

    def channel_affine(self) -> tuple[Array, Array] | None:
        if not self._use_stored or self.backward_reads_top:  # a rectifier is no affine function
            return None
        mean, inv_std = self._stored_mean_and_inv_std(np.dtype(np.float64))
        factor, offset = self._behind.affine() if self._behind is not None else (None, None)
        inv_std = inv_std if factor is None else inv_std * factor
        return inv_std, -mean * inv_std + (0 if offset is None else offset)

    def stored_moments(self) -> tuple[Array, Array] | None:
        """The mean and variance of each channel that are kept; None where the batch's are used."""
        return self._stored_moments() if self._use_stored else None

    def adapt_stored(self, stored: Stored) -> tuple[Stored, Stored]:
        """Files of NVCaffe, DIGITS and Intel's fork may have five blobs, in two orders."""
        return split(in_order(stored), len(self.blobs_))

    def get_state(self) -> dict[str, Any]:
        own = {"batches": self._batches_seen} if self._is_nvcaffe else {}
        return {**super().get_state(), **own}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        if self._is_nvcaffe:
            try:
                self._batches_seen = whole_number(state, "batches")
            except (KeyError, ValueError) as error:
                raise self.error("the state to go on from is of another kind") from error

    def _save(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)

    def _normalize_part(self, x: Array, y: Array) -> tuple[Array, Array]:
        """y = x by its own statistics; takes those in, and returns them."""
        param = self.layer_param_.batch_norm_param
        m, mean, variance, inv_std = partial_moments(x, param, self._eps, self._gather)
        batch_norm.normalize(x, mean, inv_std, out=y)
        self._take_in(mean, variance, m)
        return mean, inv_std

    def _stored(self, x: Array) -> tuple[Array, Array]:
        """The mean and what is multiplied by, from the statistics that are kept."""
        if not self._is_updated:
            return self._stored_mean_and_inv_std(x.dtype)
        mean, _ = self._stored_moments()
        m, of_batch, around_it = of_all.moments(x, self._gather)
        variance = around_it + (of_batch - mean) ** 2
        self._take_in(mean, variance, m)
        return mean, inverse_std(variance, self.layer_param_.batch_norm_param, self._eps)

    def _stored_mean_and_inv_std(self, dtype: DType) -> tuple[Array, Array]:
        param = self.layer_param_.batch_norm_param
        mean, variance = self._stored_moments()
        if param.disable_mean:
            mean = np.zeros_like(mean)
        inv_std = inverse_std(variance.astype(dtype), param, self._eps)
        return mean, np.ones_like(inv_std) if param.disable_variance else inv_std

    def _keep_from_solver(self) -> None:
        """See to it that every blob has a learning rate of 0."""
        specs = self.layer_param_.param
        if self._is_nvcaffe:  # it asks nobody
            del specs[len(self.blobs_) :]
            for index in range(len(self.blobs_)):
                spec = specs[index] if index < len(specs) else specs.add()
                spec.lr_mult = spec.decay_mult = index >= _STATISTICS
            return
        for index, spec in enumerate(specs[:_STATISTICS]):
            if spec.lr_mult != 0:
                raise self.error(
                    "Cannot configure batch normalization statistics as layer parameters.",
                    expected="lr_mult: 0 in every `param`",
                    got=f"lr_mult: {spec.lr_mult:g} in param {index}",
                    fix="take the `param` out, or write lr_mult: 0",
                )
        for _ in range(len(specs), _STATISTICS):
            specs.add(lr_mult=0)

    def _stored_moments(self) -> tuple[Array, Array]:
        sum_of_means, sum_of_variances, weight = (blob.data for blob in self.blobs_[:3])
        if not weight[0]:
            return np.zeros_like(sum_of_means), np.zeros_like(sum_of_variances)
        return sum_of_means / weight, sum_of_variances / weight

    def _take_in(self, mean: Array, variance: Array, m: int) -> None:
        """Let the statistics of a batch of m values per channel count from now on."""
        if not m:
            return
        fraction = self.layer_param_.batch_norm_param.moving_average_fraction
        if self._is_nvcaffe:
            fraction = fraction if self._batches_seen > 1 else 0.0
            self._batches_seen += 1
            average_in(self.blobs_, mean, variance + self._eps, fraction)
            return
        unbiased = m / (m - 1) if m > 1 else 1.0
        new = (mean, unbiased * variance, np.ones(1))
        for blob, value in zip(self.blobs_[:3], new, strict=True):
            blob.data *= fraction
            blob.data += value
