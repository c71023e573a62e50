"""DominantChannel: which channels are largest at most places."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._labels import LabelLayer


@register_layer("DominantChannel")
class DominantChannel(LabelLayer):
    """The channels that win most places of an image.

    bottom[0]  x: (N, C, H, W)
    top[0]     channels: (N, `top_k`, 1, 1)

    At each place channels are ranked by their values. First comes the channel that has rank 1 at
    most places; of those that have it equally often, the one that has rank 2 more often, and so on
    to rank `top_k`, which is less than C. Of equals the lower channel comes first, at a place and
    in the end; in DeepLab v1 it may be another.

    Proto: DominantChannelParameter.  Caffe: dominant_channel_layer.cpp of DeepLab v1.
    """

    formula = "The channels that are largest at most places, in order."
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._top_k = self.layer_param_.dominant_channel_param.top_k
        if self._top_k < 1:
            raise self.error("top k must not be less than 1.", got=self._top_k)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        expected = f"more channels than top_k, {self._top_k}"
        self.check_shape(shape, expected, fits=len(shape) > 1 and shape[1] > self._top_k)
        top[0].reshape((shape[0], self._top_k, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        channels = bottom[0].shape[1]
        for x, result in zip(bottom[0].data, top[0].data, strict=True):
            ranked = np.argsort(-x, axis=0, kind="stable")[: self._top_k]
            counts = [np.bincount(row.reshape(-1), minlength=channels) for row in ranked]
            result[:, 0, 0] = np.lexsort([-count for count in reversed(counts)])[: self._top_k]
