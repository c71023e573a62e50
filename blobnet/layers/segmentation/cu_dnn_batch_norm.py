"""CuDNNBatchNorm: PSPNet's BN as cuDNN has it, under a name and a message of its own."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.segmentation.bn import BN
from blobnet.proto import BNParameter
from blobnet.types import Array


@register_layer("CuDNNBatchNorm")
class CuDNNBatchNorm(BN):
    """Normalization, a factor and an offset, channel by channel.

    bottom[0]  x: (N, C, ...)  two axes or more
    top[0]     y: the shape of x
    blobs_[0]  scale: (1, C, 1, 1)
    blobs_[1]  bias: (1, C, 1, 1)
    blobs_[2]  mean: (1, C, 1, 1)  what is kept of the batches' means
    blobs_[3]  variance: (1, C, 1, 1)  likewise; neither is learned

    TRAIN normalizes by the batch and keeps momentum * kept + (1 - momentum) * batch, where the
    variance of a batch of n values that is kept is n / (n - 1) times the one it is normalized by,
    as cuDNN has it. TEST, and `frozen`, normalize by what is kept. Kept variances start at 0, or at
    1 if `frozen`, with which scale and bias are not learned either.

    May work in place, keeping a copy of x where the gradient needs it.

    Proto: CuDNNBatchNormParameter.  Caffe: cudnn_batch_norm_layer.cpp of GENet (hujie-frank).
    """

    exact_num_top_blobs = 1

    def _settings(self) -> BNParameter:
        param = self.layer_param_.cudnn_batch_norm_param
        return BNParameter(
            slope_filler=param.scale_filler,
            bias_filler=param.bias_filler,
            momentum=param.momentum,
            eps=param.eps,
            frozen=param.frozen,
        )

    def _keep(self, mean: Array, variance: Array, size: int) -> None:
        super()._keep(mean, variance * (size / max(size - 1, 1)), size)
