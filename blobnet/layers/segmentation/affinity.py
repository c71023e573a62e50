"""Affinity: how surely two neighbours in an image belong together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("Affinity")
class Affinity(Layer):
    """The smaller probability of two neighbours, for each pixel with the one below and beside it.

    bottom[i]  p: (N, C, H, W)  probabilities, of which channel `offset` (its i-th value) counts
    top[i]     y: (N, 2, H, W)  min with the pixel below, min with that on the right; the last row
                                and the last column are 0

    The gradient goes to the smaller of the two, to the first of equals. Where there are two
    channels, the other gets it with the opposite sign: the two add up to 1. (In the OpenCL branch
    it always goes to the upper left pixel, for backward reads the wrong half of a blob, and only
    the first image of a batch counts.)

    Proto: AffinityParameter.  Caffe: affinity_layer.cpp of the OpenCL branch.
    """

    formula = "y = min(p, p below), min(p, p on the right)."
    gradient_formula = "dp = dy for the smaller of the two, -dy in the other of two channels."

    exact_num_bottom_blobs = None
    min_bottom_blobs = 1
    min_top_blobs = 1
    equal_num_bottom_top_blobs = True
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        stated = list(self.layer_param_.affinity_param.offset)
        self._channels = (stated + [0] * len(bottom))[: len(bottom)]
        for blob, y, channel in zip(bottom, top, self._channels, strict=True):
            if blob.num_axes != 4 or not 0 <= channel < blob.shape[1]:
                raise self.error(
                    "bottoms should be images that have the channel `offset`",
                    expected=f"(N, C, H, W) with C above {channel}",
                    got=f"shape {blob.shape}",
                )
            y.reshape((blob.shape[0], 2, *blob.shape[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for blob, y, channel in zip(bottom, top, self._channels, strict=True):
            p, edges = blob.data[:, channel], y.data
            edges.fill(0)
            for edge, other in enumerate(_neighbours(p)):
                np.minimum(p[:, :-1, :-1], other, out=edges[:, edge, :-1, :-1])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, y, channel, wanted in zip(
            bottom, top, self._channels, propagate_down, strict=True
        ):
            if not wanted:
                continue
            p, dx = blob.data[:, channel], blob.diff
            dx.fill(0)
            total = dx[:, channel]
            targets = _neighbours(total)
            for edge, other in enumerate(_neighbours(p)):
                dy = y.diff[:, edge, :-1, :-1]
                is_other = other < p[:, :-1, :-1]
                total[:, :-1, :-1] += np.where(is_other, 0, dy)
                targets[edge][...] += np.where(is_other, dy, 0)
            if blob.shape[1] == 2:
                np.negative(total, out=dx[:, 1 - channel])


def _neighbours(images: Array) -> tuple[Array, Array]:
    """What is below, and what is on the right of all pixels that have both."""
    return images[:, 1:, :-1], images[:, :-1, 1:]
