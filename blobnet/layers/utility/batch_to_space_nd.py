"""BatchToSpaceND: items of a batch become the places of blocks."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.utility._blocks_of_batches import Blocks


@register_layer("BatchToSpaceND")
class BatchToSpaceND(Layer):
    """As tf.batch_to_space_nd, which ends a dilated convolution.

    bottom[0]  x: (B N, L1, L2, ...)  B = the product of `block_shape`, b1, b2, ...
    top[0]     y: (N, L1 b1 - c1 - d1, L2 b2 - c2 - d2, ...)  `crops` are c1, d1, c2, d2, ...

    Item (i b2 + j) N + n of x holds the places (i, j) of all blocks of image n. `crops` places are
    then cut off before and behind each axis. (The fork has no backward.)

    Proto: BatchToSpaceNDParameter.  Caffe: batch_to_space_nd_layer.cpp of Synopsys.
    """

    formula = "y[n, h b1 + i - c1, w b2 + j - c2] = x[(i b2 + j) N + n, h, w]"
    gradient_formula = "dx is dy, moved back; 0 for what was cut off."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.batch_to_space_nd_param
        self._blocks = Blocks(self, param.block_shape, param.crops, "crops")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape(self._blocks.space(bottom[0].shape))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._blocks.to_space(bottom[0].data, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            self._blocks.to_batch(top[0].diff, bottom[0].diff)
