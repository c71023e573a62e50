import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer


def triplet(*bottoms, margin=1.0, extra="", **more):
    text = f'name: "it" type: "TripletLoss" {extra} triplet_loss_param {{ margin: {margin} }}'
    return run_layer(text, *bottoms, **more)


def squared(a, b):
    return sum((x - y) ** 2 for x, y in zip(a.ravel(), b.ravel(), strict=True))


def draw(rng, count=5, shape=(6, 3)):
    return [rng.normal(size=shape) for _ in range(count)]


def test_loss_and_gradients_by_hand():
    a, p, n = [[0.0, 0], [0, 0]], [[1.0, 0], [1, 0]], [[1.0, 1], [0, 5]]
    run = triplet(a, p, n, margin=2.5, extra="loss_weight: 4")
    np.testing.assert_allclose(run.top[0].data, (2.5 + 1 - 2) / 4)  # the second is far enough
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[0, 2], [0, 0]])
    np.testing.assert_allclose(run.bottom[1].diff, [[2, 0], [0, 0]])
    np.testing.assert_allclose(run.bottom[2].diff, [[-2, -2], [0, 0]])


def test_weights_of_triplets(rng):
    a, p, n = draw(rng, 3)
    weights = rng.uniform(0, 2, 6)
    expected = sum(
        w * max(0, 1 + squared(x, y) - squared(x, z))
        for w, x, y, z in zip(weights, a, p, n, strict=True)
    )
    run = triplet(a, p, n, weights)
    np.testing.assert_allclose(run.top[0].data, expected / 12)
    assert run.propagate_down() == [True, True, True, False]
    check_gradients(run)


@pytest.mark.parametrize("labels", [[], [np.zeros((6, 1))]])
def test_pairs_beside_triplets(labels, rng):
    a, p, n, d, e = draw(rng)
    expected = sum(max(0, 1 + squared(a[i], p[i]) - squared(a[i], n[i])) for i in range(6))
    expected += squared(d, e)
    run = triplet(a, p, n, d, e, *labels)
    np.testing.assert_allclose(run.top[0].data, expected / 12)
    assert run.propagate_down() == [True] * 5 + [False] * len(labels)
    check_gradients(run)


def test_triplets_found_by_labels(rng):
    x, labels = rng.normal(size=(7, 3)), [4, 4, 4.9, 0, 4, 2, 2]  # the later 4 is no positive
    expected, count = 0.0, 0
    for a in range(3):
        for p in range(a + 1, 3):
            for n in range(3, 7):
                expected += max(0, 1 + squared(x[a], x[p]) - squared(x[a], x[n]))
                count += 1
    run = triplet(x, labels)
    np.testing.assert_allclose(run.top[0].data, expected / count)
    check_gradients(run)


@pytest.mark.parametrize("labels", [[1, 1, 1], [1, 2, 3]])
def test_without_triplets_there_is_no_loss(labels, rng):
    run = triplet(rng.normal(size=(3, 2)), labels)
    assert run.top[0].data == 0
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, 0)


def test_an_empty_batch_has_no_loss():
    run = triplet(*[np.empty((0, 3))] * 3)
    assert run.top[0].data == 0
    run.backward()


def test_vectors_of_other_lengths_are_refused(rng):
    with pytest.raises(LayerError, match=r'"it": Inputs must have the same dimension.\n.*ottom\[2'):
        triplet(*draw(rng, 2), rng.normal(size=(6, 4)))


def test_the_labels_get_no_gradient(rng):
    with pytest.raises(LayerError, match="cannot backpropagate to label"):
        triplet(rng.normal(size=(3, 2)), [1, 1, 0]).backward([True, True])
