"""BNHK: PSPNet's BN under a name and a message of its own."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.segmentation.bn import BN
from blobnet.proto import BNParameter
from blobnet.types import Shape


@register_layer("BNHK")
class BNHK(BN):
    """Normalization, a factor and an offset, channel by channel: what BN is in PSPNet and TSN.

    bottom[0]  x: (N, C, ...)  two axes or more
    top[0]     y: the shape of x
    blobs_[0]  slope: (1, C)
    blobs_[1]  bias: (1, C)
    blobs_[2]  mean: (1, C)  what is kept of the batches' means
    blobs_[3]  variance: (1, C)  likewise; neither is learned

    TRAIN normalizes by the batch and keeps momentum * kept + (1 - momentum) * batch; TEST, and
    `frozen`, normalize by what is kept. Kept variances start at 0, or at 1 if `frozen`, with which
    slope and bias are not learned either.

    May work in place, keeping a copy of x where the gradient needs it.

    Proto: BNHKParameter.  Caffe: bnhk_layer.cpp of CaffeMex_v2 (liuyuisanai), for zoom_network.
    """

    exact_num_top_blobs = 1

    def _settings(self) -> BNParameter:
        param = self.layer_param_.bnhk_param
        return BNParameter(
            slope_filler=param.slope_filler,
            bias_filler=param.bias_filler,
            momentum=param.momentum,
            eps=param.eps,
            frozen=param.frozen,
        )

    def _blob_shape(self, shape: Shape) -> Shape:
        return (1, self._channels)
