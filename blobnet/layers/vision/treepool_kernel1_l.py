"""TreepoolKernel1L: two learned filters for every window, and a learned gate between them."""

from __future__ import annotations

from blobnet.layer_register import register_layer
from blobnet.layers.vision._gated_pooling import GatedPooling
from blobnet.types import Array


@register_layer("TreepoolKernel1L")
class TreepoolKernel1L(GatedPooling):
    """A tree of one level that pools: its leaves are filters, the same for all channels.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, ceil((H - K) / stride) + 1, ...)  K = `kernel_size`
    blobs_[0]  v: (1, 1, K, K)
    blobs_[1]  u: (1, 1, K, K)
    blobs_[2]  w: (1, 1, K, K)   of the gate

    What windows see beyond the image does not count. Of convolution_param, the layer has
    `kernel_size`, `stride` and `weight_filler`, and refuses others. The fork overwrites gradients
    of weights; here they are added to what is there.

    Proto: ConvolutionParameter.  Caffe: treepool_kernel_1L_layer.cu of Chen-Yu Lee's fork, as
    caffenet-benchmark has it.
    Paper: Lee, Gallagher and Tu, "Generalizing Pooling Functions in Convolutional Neural Networks:
    Mixed, Gated, and Tree", AISTATS 2016.
    """

    formula = "y = p * sum(v * x) + (1 - p) * sum(u * x),  p = sigmoid(sum(w * x)), of each window."
    gradient_formula = (
        "dv += p dy x,  du += (1 - p) dy x,  dw += g x,  dx = sum(p dy v + (1 - p) dy u + g w), "
        "with g = p (1 - p) dy (sum(v * x) - sum(u * x))."
    )

    num_weights = 3

    def _pool(self, x: Array) -> tuple[Array, Array]:
        return self._weighted(x, 0), self._weighted(x, 1)

    def _pool_backward(self, x: Array, dx: Array, first: Array, second: Array) -> None:
        self._add_weighted(x, dx, first, index=0)
        self._add_weighted(x, dx, second, index=1)
