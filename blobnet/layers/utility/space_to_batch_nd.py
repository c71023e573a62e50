"""SpaceToBatchND: the places of blocks become items of a batch."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.utility._blocks_of_batches import Blocks


@register_layer("SpaceToBatchND")
class SpaceToBatchND(Layer):
    """As tf.space_to_batch_nd, which begins a dilated convolution.

    bottom[0]  x: (N, L1, L2, ...)
    top[0]     y: (B N, (L1 + p1 + q1) / b1, (L2 + p2 + q2) / b2, ...)  `block_shape` is b1, b2,
                  ..., B their product, `paddings` p1, q1, p2, q2, ...

    Zeros are put before and behind each axis, as `paddings` says; item (i b2 + j) N + n of y then
    holds the places (i, j) of all blocks of image n. (The fork has no backward.)

    Proto: SpaceToBatchNDParameter.  Caffe: space_to_batch_nd_layer.cpp of Synopsys.
    """

    formula = "y[(i b2 + j) N + n, h, w] = x[n, h b1 + i - p1, w b2 + j - p2], 0 beside x"
    gradient_formula = "dx is dy, moved back."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.space_to_batch_nd_param
        self._blocks = Blocks(self, param.block_shape, param.paddings, "paddings")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(self._blocks.batch(bottom[0].shape))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._blocks.to_batch(bottom[0].data, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            self._blocks.to_space(top[0].diff, bottom[0].diff)
