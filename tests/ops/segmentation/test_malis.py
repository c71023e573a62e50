"""MALIS against sets of pixels that are joined, edge by edge, with all pairs counted."""

from itertools import product

import numpy as np
import pytest

from blobnet.ops.segmentation.malis import malis


def plain(affinity, labels, offsets, positive):
    size = labels.shape
    areas = {pixel: {pixel} for pixel in np.ndindex(size)}
    labelled = [pixel for pixel in areas if labels[pixel] != 0]
    wanted = {
        (p, q)
        for p, q in product(labelled, labelled)
        if p < q and (labels[p] == labels[q]) == positive
    }
    loss, slopes = 0.0, np.zeros(affinity.shape)
    edges = sorted(np.ndindex(affinity.shape), key=lambda edge: -affinity[edge])
    for edge in edges:
        begin = edge[1:]
        end = tuple(np.add(begin, offsets[edge[0]]).tolist())
        if end not in areas or areas[begin] is areas[end]:
            continue
        joined = {tuple(sorted(pair)) for pair in product(areas[begin], areas[end])} & wanted
        lacks = (1 if positive else 0) - affinity[edge]
        if wanted:
            loss += lacks**2 * len(joined) / len(wanted)
            slopes[edge] = lacks * len(joined) / len(wanted)
        both = areas[begin] | areas[end]
        areas.update(dict.fromkeys(both, both))
    return loss, slopes


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize(
    ("size", "offsets"),
    [
        ((1, 1, 6), [[0, 0, 1]]),
        ((1, 4, 5), [[0, 1, 0], [0, 0, 1]]),
        ((2, 3, 3), [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 2], [0, 0, 9], [0, -5, 0]]),
    ],
)
def test_all_pairs_are_counted(size, offsets, positive, rng):
    for _ in range(5):
        affinity = rng.uniform(size=(len(offsets), *size))
        labels = rng.integers(4, size=size).astype("f4")
        loss, slopes = malis(affinity, labels, np.array(offsets), positive=positive)
        expected, wanted = plain(affinity, labels, offsets, positive)
        assert loss == pytest.approx(expected, rel=1e-12)
        np.testing.assert_allclose(slopes, wanted, rtol=1e-12)


@pytest.mark.parametrize("labels", [np.zeros(4), np.array([0, 3.0, 0, 0])])
def test_without_pairs_there_is_no_loss(labels):
    affinity = np.full((1, 4), 0.5)
    for positive in (True, False):
        loss, slopes = malis(affinity, labels, np.array([[1]]), positive=positive)
        assert loss == 0
        assert not slopes.any()


def test_without_edges_nothing_is_joined():
    none = np.zeros((0, 3), int)
    loss, slopes = malis(np.zeros((0, 1, 1, 2)), np.ones((1, 1, 2)), none, positive=True)
    assert loss == 0
    assert slopes.shape == (0, 1, 1, 2)
