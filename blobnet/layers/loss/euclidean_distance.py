"""EuclideanDistance: how far points in space are from where they should be."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._no_gradient import NoGradient

_AXES = 3  # of space


@register_layer("EuclideanDistance")
class EuclideanDistance(NoGradient):
    """The mean distance of points; a score, nothing to learn from.

    bottom[0]  a: (N, 3 P)      P points; values that are no whole point are left out
    bottom[1]  b: (N, 3 P)      axes of length 1 behind
    top[0]     y: (1, 1, 1, 1)

    Proto: none.  Caffe: euclidean_distance_layer.cpp of cbfinn/caffe.
    """

    formula = "y = sum of |a_p - b_p| over all points of all items / (N P)."
    gradient_formula = "none to compute."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        for index, blob in enumerate(bottom):
            is_vectors = blob.num_axes >= 2 and blob.count(2) == 1
            if not is_vectors or blob.shape[:2] != bottom[0].shape[:2] or blob.shape[1] < _AXES:
                raise self.error(
                    "The data and label should have the same number.",
                    expected=f"bottom[{index}] of shape (N, {_AXES} P), both the same",
                    got=f"shapes {bottom[0].shape} and {bottom[1].shape}",
                )
        top[0].reshape((1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        num, values = bottom[0].shape[:2]
        count = values // _AXES
        a, b = (x.data.reshape(num, values)[:, : count * _AXES] for x in bottom)
        squares = np.square(a - b).reshape(num, count, _AXES).sum(axis=2)
        top[0].data[...] = np.sqrt(squares).sum() / max(num * count, 1)
