"""VoxelSoftmax: scores to probabilities, at each place of a clip."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.utility.softmax import Softmax
from blobnet.layers.volume._volume import check_volumes


@register_layer("VoxelSoftmax")
class VoxelSoftmax(Softmax):
    """Probabilities along the channels.

    bottom[0]  x: (N, C, L, H, W)
    top[0]     y: (N, C, L, H, W)  positive, and adds up to 1 along C

    May work in place.

    Proto: none.  Caffe: voxel_wise_softmax_layer.cpp of C3D 1.0 (facebook/C3D).
    """

    formula = Softmax.formula
    gradient_formula = Softmax.gradient_formula

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_volumes(self, bottom)
        self._axis = 1
        top[0].reshape_like(bottom[0])
