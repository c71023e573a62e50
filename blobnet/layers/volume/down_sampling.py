"""DownSampling: smaller clips of labels, in which the most frequent label wins."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._no_gradient import NoGradient
from blobnet.layers.volume._volume import check_volumes
from blobnet.proto import DownSamplingParameter


@register_layer("DownSampling")
class DownSampling(NoGradient):
    """Of each block of voxels, the value that is there most often; of several such, the least.

    bottom[0]  x: (N, C, L, H, W)
    top[0]     y: (N, C, L // t, H // s, W // s)  s = `spatial_factor`, t = `temporal_factor`

    Values are counted in steps of 1 from the least one of the whole bottom: what lies between two
    steps is the lower one. AVERAGE and NONE are refused, which C3D does not compute.

    Proto: DownSamplingParameter.  Caffe: down_sampling_layer.cpp of C3D 1.0 (facebook/C3D).
    """

    formula = "y = the most frequent x of a block"
    gradient_formula = "none: labels are not learned"

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.down_sampling_param
        if param.type != DownSamplingParameter.VOTE:
            raise self.error("only VOTE is computed", got=f"type {param.type}")
        for field in ("spatial_factor", "temporal_factor"):
            if getattr(param, field) < 2:
                raise self.error(f"{field} must be at least 2", got=getattr(param, field))
        self._factors = (param.temporal_factor, param.spatial_factor, param.spatial_factor)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        check_volumes(self, bottom)
        num, channels, *size = bottom[0].shape
        smaller = [length // factor for length, factor in zip(size, self._factors, strict=True)]
        top[0].reshape((num, channels, *smaller))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if not y.size:
            return
        if not np.isfinite(x).all():
            raise self.error("values that are no numbers cannot be counted")
        least = x.min()
        if x.max() - least > 2**40:
            raise self.error("values lie too far apart to be counted", got=f"{least}, {x.max()}")
        length, height, width = y.shape[2:]
        t, s, _ = self._factors
        used = x[:, :, : length * t, : height * s, : width * s] - least
        steps = used.astype(np.int64).reshape(*y.shape[:2], length, t, height, s, width, s)
        blocks = steps.transpose(0, 1, 2, 4, 6, 3, 5, 7).reshape(*y.shape, -1)
        blocks.sort(axis=-1)  # so that of equals the first is the least
        votes = np.zeros(blocks.shape, np.int32)
        for i in range(blocks.shape[-1]):
            votes += blocks == blocks[..., i : i + 1]
        best = votes.argmax(axis=-1)[..., None]
        y[...] = np.take_along_axis(blocks, best, axis=-1)[..., 0] + least
