"""norm2layer, tripletselectlayer and tripletlosslayer of tripletloss."""

import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python


def test_rows_have_length_one(rng):
    x = rng.normal(size=(3, 4, 1, 1))
    x[1] = 0
    run = run_python("norm2layer", "Norm2Layer", x)
    assert run.top[0].shape == (3, 4)
    for row, found in zip(x.reshape(3, 4), run.top[0].data, strict=True):
        np.testing.assert_allclose(found, row / (np.sqrt(sum(v * v for v in row)) or 1))
    run.bottom[0].diff[...] = np.nan
    run.backward([True])
    assert not run.bottom[0].diff.any()
    with pytest.raises(LayerError, match="no rows"):
        run_python("norm2layer", "Norm2Layer", np.zeros((3, 4, 2)))


def select(x):
    return run_python("tripletselectlayer", "TripletSelectLayer", x, np.zeros(len(x)), tops=3)


def test_triplets_are_sorted_by_how_far_they_are_from_the_first(rng):
    x = rng.normal(size=(15, 4))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    x[5:] *= np.array([3, 9, 1, 5, 2, 4, 4.5, 6, 0.5, 8])[:, None]
    x[1:] += x[0]  # so far from the first row
    run = select(x)
    apart = [np.linalg.norm(row - x[0]) for row in x]
    positives = sorted(range(5, 10), key=lambda row: -apart[row])
    negatives = sorted(range(10, 15), key=lambda row: -apart[row])
    for blob, rows in zip(run.top, (range(5), positives, negatives), strict=True):
        np.testing.assert_array_equal(blob.data, x[list(rows)])
        blob.diff[...] = rng.normal(size=(5, 4))
    run.backward([True, False])
    expected, counted = np.zeros((15, 4)), 0
    for index in range(5):
        if apart[positives[index]] < apart[negatives[index]]:
            counted += 1
            for blob, row in zip(run.top, (index, positives[index], negatives[index]), strict=True):
                expected[row] = blob.diff[index]
    assert counted == 3  # 9, 5, 3, 2, 1 and 8, 6, 4.5, 4, 0.5
    np.testing.assert_array_equal(run.bottom[0].diff, expected)
    with pytest.raises(LayerError, match="no batch of triplets"):
        select(x[:14])


def loss(*bottom, param="'margin': 0.5"):
    return run_python("tripletlosslayer", "TripletLayer", *bottom, param_str=param)


def test_the_loss_of_triplets(rng):
    a, p, n = rng.normal(size=(3, 6, 4))
    run = loss(a, p, n)
    run.backward([True, True, True])
    total, counted = 0.0, 0
    for row in range(6):
        near = sum((a[row] - p[row]) ** 2)
        far = sum((a[row] - n[row]) ** 2)
        term = max(0, 0.5 + near - far)
        total += term
        counted += term > 0
        slopes = (n[row] - p[row]) / 6, (p[row] - a[row]) / 6, (a[row] - n[row]) / 6
        for blob, slope in zip(run.bottom, slopes, strict=True):
            np.testing.assert_allclose(blob.diff[row], slope if term > 0 else 0)
    assert 0 < counted < 6
    np.testing.assert_allclose(run.top[0].data, [total / 12])


def test_what_does_not_suit_a_loss():
    with pytest.raises(LayerError, match="do not fit"):
        loss(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 2)))
    with pytest.raises(LayerError, match="unknown setting"):
        loss(*np.zeros((3, 2, 3)), param="'margn': 1")
    with pytest.raises(LayerError, match="wrong number of bottoms"):
        loss(*np.zeros((2, 2, 3)))
