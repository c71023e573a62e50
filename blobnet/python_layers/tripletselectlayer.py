"""TripletSelectLayer of tripletloss: triplets of a batch that is about one person.

Schroff et al., CVPR 2015.  Caffe: tripletloss/tripletselectlayer.py of luhaofang/tripletloss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, without_gradient, wrong
from blobnet.types import Array, IntArray


class TripletSelectLayer(PythonLayer):
    """The first, second and last third of a batch, sorted by how far they are from its first row.

    bottom[0]  features: (3T, D)   of one image, T times; of others of that person; of other persons
    bottom[1]  labels              not read
    top[0]     anchors: (T, D)     the first third
    top[1]     positives: (T, D)   the second third, those first that are far away
    top[2]     negatives: (T, D)   the last third, the same way

    Gradients: those of each row where its positive is nearer than its negative, else 0.

    A param_str, such as {"phase": "TRAIN"} in abby621/tripletloss, changes nothing: a batch is as
    large as bottom[0].
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, (1, 2), top, 3)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        is_right = len(shape) > 1 and bottom[0].count == shape[0] * shape[1]
        if not is_right or not shape[0] or shape[0] % 3:
            got = f"shape {shape}"
            raise wrong(self, "bottom[0] is no batch of triplets", expected="(3T, D)", got=got)
        for blob in top:
            blob.reshape(shape[0] // 3, shape[1])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        count, size = top[0].shape
        rows = bottom[0].data.reshape(3 * count, size)
        apart = ((rows - rows[0]) ** 2).sum(axis=1)
        positives = count + _farthest_first(apart[count : 2 * count])
        negatives = 2 * count + _farthest_first(apart[2 * count :])
        self._rows = np.arange(count), positives, negatives
        self._counts = apart[positives] < apart[negatives]
        for blob, its in zip(top, self._rows, strict=True):
            blob.data[...] = rows[its]

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)
        if propagate_down[0]:
            diff = bottom[0].diff.reshape(bottom[0].shape[0], -1)
            for blob, its in zip(top, self._rows, strict=True):
                diff[its[self._counts]] = blob.diff[self._counts]


def _farthest_first(apart: Array) -> IntArray:
    return np.argsort(-apart, kind="stable")
