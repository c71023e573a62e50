"""BatchNorm: every channel brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.ops import batch_norm
from blobnet.ops.broadcast import scale
from blobnet.proto import TEST
from blobnet.types import Array


@register_layer("BatchNorm")
class BatchNorm(Layer):
    """Batch normalization, channel by channel.

    bottom[0]  x: (N, C, ...)  two axes or more
    top[0]     y: the shape of x
    blobs_[0]  (C,)  the sum of all batches' means
    blobs_[1]  (C,)  the sum of their variances, each times m / (m - 1)
    blobs_[2]  (1,)  how many batches there were; the three start at 0

    In training, mean and variance are those of the batch: of m = N * (places) values for each
    channel. Forward also takes them into the sums, which are first multiplied by
    `moving_average_fraction`; so older batches count less and less. An empty batch adds nothing.
    In the TEST phase, or as `use_global_stats` says, they are the sums divided by blobs_[2] (0
    where that is 0), and the sums stay.

    The sums are statistics and not learned: a `param` must state lr_mult: 0, and those left out
    are added. There is no learned factor here: that is what a Scale layer behind is for.

    May work in place, keeping a copy of x where the gradient needs it.
    Proto: BatchNormParameter.  Caffe: batch_norm_layer.cpp.
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
        self.backward_reads_bottom = not self._use_stored
        self._channels = bottom[0].shape[1] if bottom[0].num_axes > 1 else 1
        for index, length in enumerate((self._channels, self._channels, 1)):
            self.init_blob(index, (length,))
        self._keep_from_solver()
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

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y, eps = bottom[0].data, top[0].data, self.layer_param_.batch_norm_param.eps
        if self._use_stored:
            self._mean, variance = self._stored_moments()
            self._inv_std = batch_norm.inverse_std(variance, eps)
            batch_norm.normalize(x, self._mean, self._inv_std, out=y)
            return
        saved = self._saved_input.room(bottom[0], top[0], need_backward=self.need_backward)
        self._mean, variance, self._inv_std = batch_norm.standardize(x, eps, out=y, saved=saved)
        self._take_in(self._mean, variance, x.size // max(1, self._channels))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dy, dx = top[0].diff, bottom[0].diff
        if self._use_stored:
            scale(dy, self._inv_std.astype(self.dtype), 1, out=dx)
        else:
            x = self._saved_input.values(bottom[0], top[0])
            batch_norm.gradient(x, dy, self._mean, self._inv_std, out=dx)

    def channel_affine(self) -> tuple[Array, Array] | None:
        if not self._use_stored:
            return None
        mean, variance = self._stored_moments()
        factor = 1 / np.sqrt(variance.astype(np.float64) + self.layer_param_.batch_norm_param.eps)
        return factor, -mean * factor

    def _keep_from_solver(self) -> None:
        """See to it that every blob has a learning rate of 0."""
        specs = self.layer_param_.param
        for index, spec in enumerate(specs):
            if spec.lr_mult != 0:
                raise self.error(
                    "Cannot configure batch normalization statistics as layer parameters.",
                    expected="lr_mult: 0 in every `param`",
                    got=f"lr_mult: {spec.lr_mult:g} in param {index}",
                    fix="take the `param` out, or write lr_mult: 0",
                )
        for _ in range(len(specs), len(self.blobs_)):
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
        unbiased = m / (m - 1) if m > 1 else 1.0
        new = (mean, unbiased * variance, np.ones(1))
        for blob, value in zip(self.blobs_[:3], new, strict=True):
            blob.data *= fraction
            blob.data += value
