"""LRN: local response normalization."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.ops import lrn
from blobnet.proto import LRNParameter


@register_layer("LRN")
class LRN(Layer):
    """Divides every value by a measure of how large the values near it are.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, H, W)

    y = x / s ^ beta, with n = `local_size` (odd) and
    ACROSS_CHANNELS  s = k + alpha / n * the sum of x * x at the same place of n channels
    WITHIN_CHANNEL   s = 1 + alpha / n^2 * the sum of x * x over n * n pixels; k is not used
    where channels and pixels beyond the edge count as zero.

    `fuse_type: FUSED_POOL_MAX` with its `pooling_param`, of Caffe's branch opencl, is read as an
    LRN layer and a Pooling layer.

    May work in place, keeping a copy of x. (Caffe keeps none; its gradient is wrong there.)
    Proto: LRNParameter.  Caffe: lrn_layer.cpp.
    """

    formula = "y = x / s^beta,  s = k + alpha / n * sum of x^2 nearby"
    gradient_formula = (
        "dx = dy / s^beta - 2 alpha beta / n * x * (the sum of dy y / s over the same "
        "neighbours); n^2 for n within a channel."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.lrn_param
        if param.local_size % 2 == 0:
            raise self.error("LRN only supports odd values for local_size", got=param.local_size)
        if param.fuse_type == LRNParameter.FUSED_POOL_MAX:
            raise self.error(
                "normalization and pooling are two layers here",
                fix="read the definition by parse_net, which writes them as two layers",
            )
        within = param.norm_region == LRNParameter.WITHIN_CHANNEL
        k = 1.0 if within else param.k
        self._lrn = lrn.Lrn(param.local_size, param.alpha, param.beta, k, within)
        self._scale = Blob(dtype=self.dtype)
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        top[0].reshape_like(bottom[0])
        self._scale.reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        lrn.forward(bottom[0].data, self._lrn, self._scale.data, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self._saved_input.values(bottom[0], top[0])
            dy, dx = top[0].diff, bottom[0].diff
            lrn.backward(x, dy, self._lrn, self._scale.data, dx)
