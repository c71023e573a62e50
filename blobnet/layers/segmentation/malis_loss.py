"""MalisLoss: affinities by which pixels are joined to the right segments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.ops.segmentation.malis import malis
from blobnet.types import Array, Shape

_AXES = 3  # Z, Y and X; those that there are not have a length of 1


@register_layer("MalisLoss")
class MalisLoss(Loss):
    """What affinities lack so that a segmentation by their spanning tree is the true one.

    bottom[0]  x: (N, E, [[Z,] Y,] X)  affinities from 0 to 1 of each pixel with E others
    bottom[1]  the same of the truth, 0 or 1
    bottom[2]  (N, 1, ...)             the true segment of each pixel, 0 for none; or (N, 2, ...):
                                       for pairs of different segments, and for pairs of one
    bottom[3]  E x 3, optional         where the others are: z, y, x. Without it E is at most 3: the
                                       next pixel on the last axes, the outermost first
    top[0]     loss: ()                (loss of pairs of one segment, with min(x, truth), + loss of
                                       the others, with max(x, truth)) / 2, averaged over the batch
    top[1]     x, optional

    The gradient is that of the branch, half of what the loss says and not divided by N: for each
    edge what it lacks, times its share of the pairs, / 2. It goes to x, also where the truth was
    the smaller or larger. (The branch keeps that of a batch's last item alone, whatever
    `loss_weight` is.)

    Proto: none.  Caffe: malis_loss_layer.cpp of the OpenCL branch.
    """

    formula = "The squares of what the decisive edges lack, times the pairs that they join."
    gradient_formula = "dx = -(what an edge lacks) * (its share of the pairs) / 2 * dloss."

    exact_num_bottom_blobs = None
    min_bottom_blobs = 3
    max_bottom_blobs = 4
    exact_num_top_blobs = None
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._slopes: Array = np.zeros(0)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        shape, segments = bottom[0].shape, bottom[2].shape
        if not 3 <= len(shape) <= 2 + _AXES or bottom[1].shape != shape:
            raise self.error(
                "bottom[0] and bottom[1] should be affinities of lines, images or volumes",
                expected="(N, E, X), (N, E, Y, X) or (N, E, Z, Y, X), both the same",
                got=f"shapes {shape} and {bottom[1].shape}",
            )
        wanted = [(shape[0], channels, *shape[2:]) for channels in (1, 2)]
        if segments not in wanted:
            raise self.error(
                "bottom[2] should have the segment of each pixel",
                expected=f"shape {wanted[0]} or {wanted[1]}",
                got=f"shape {segments}",
            )
        self._check_edges(bottom)
        if len(top) > 1:
            top[1].reshape(shape)
        self._slopes = np.zeros(shape, self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, truth, segments = (blob.data for blob in bottom[:3])
        offsets, size = self._offsets(bottom), self._size(bottom)
        loss = 0.0
        for item in range(len(x)):
            edges = (x.shape[1], *size)
            least = np.minimum(x[item], truth[item]).reshape(edges)
            most = np.maximum(x[item], truth[item]).reshape(edges)
            of_two, of_one = (segments[item, c].reshape(size) for c in (0, -1))
            apart, slopes = malis(most, of_two, offsets, positive=False)
            alike, more = malis(least, of_one, offsets, positive=True)
            loss += (apart + alike) / 2
            self._slopes[item] = ((slopes + more) / -2).reshape(x.shape[1:])
        top[0].data[...] = loss / max(len(x), 1)
        if len(top) > 1:
            top[1].data[...] = x

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down[1:]):
            raise self.error(
                "MalisLoss Layer cannot backpropagate to the truth.",
                fix="write `propagate_down: true propagate_down: false` in this layer",
            )
        if propagate_down[0]:
            np.multiply(self._slopes, top[0].diff, out=bottom[0].diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _check_edges(self, bottom: Blobs) -> None:
        edges = bottom[0].shape[1]
        if len(bottom) == 3 and edges > _AXES:
            raise self.error(
                "which pixels the edges lead to has to be said in bottom[3]",
                expected=f"at most {_AXES} edges without it",
                got=f"{edges} edges",
            )
        if len(bottom) > 3 and bottom[3].count() != edges * _AXES:
            raise self.error(
                "bottom[3] should have z, y and x for each edge",
                expected=f"{edges * _AXES} values for {edges} edges",
                got=f"shape {bottom[3].shape}",
            )

    def _offsets(self, bottom: Blobs) -> NDArray[np.integer]:
        """(E, 3): where each edge leads to."""
        edges = bottom[0].shape[1]
        if len(bottom) == 3:
            return np.eye(_AXES, dtype=np.intp)[_AXES - edges :]
        stated = bottom[3].data.reshape(edges, _AXES)
        if not np.isfinite(stated).all() or (np.abs(stated) > 2**31).any():
            raise self.error("bottom[3] should have whole numbers", got=stated.tolist()[:3])
        return stated.astype(np.int64)

    def _size(self, bottom: Blobs) -> Shape:
        size = bottom[0].shape[2:]
        return (1,) * (_AXES - len(size)) + size
