from __future__ import annotations

import numpy as np

from blobnet.blob import Blob
from blobnet.loss_weights import LossWeights


def tops(*values: float) -> list[Blob]:
    made = [Blob(2) for _ in values]
    for blob, value in zip(made, values, strict=True):
        blob.data[...] = value
    return made


def test_each_top_counts_by_its_weight():
    weights, top = LossWeights(), tops(3, 5, 7)
    weights.write([0.5, 0, -1], top)
    assert weights.loss(top) == 0.5 * (3 + 3) - (7 + 7)
    np.testing.assert_array_equal(top[0].diff, 0.5)
    assert not top[1].diff.any(), "a top that does not count keeps its diff"


def test_without_weights_there_is_no_loss():
    assert LossWeights().loss(tops(3)) == 0


def test_a_top_of_another_shape_gets_its_weight_anew():
    weights, top = LossWeights(), tops(3)
    weights.write([2.0], top)
    top[0].reshape(5)
    top[0].data[...] = 1
    assert weights.loss(top) == 2 * 5
    np.testing.assert_array_equal(top[0].diff, 2)
