"""EvenDistLoss, MinQuantizeLoss and TransformLoss, by the words of their fork."""

import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer

X = np.array([[0.9, 0.2, 0.6], [0.7, -1.0, 0.1]])


def test_even_bits():
    run = run_layer('type: "EvenDistLoss" loss_weight: 3', X, X)
    shares = [1, 0, 0.5]
    np.testing.assert_allclose(run.top[0].data, sum((s - 0.5) ** 2 for s in shares) / 2 / 2)
    more = run_layer('type: "EvenDistLoss" loss_weight: 3', X + 1, X)
    more.backward([True, True])
    np.testing.assert_allclose(more.bottom[0].diff, np.full((2, 3), 3 * (0.5 + 0 + 0.5) / 6 / 2))
    np.testing.assert_allclose(more.bottom[1].diff, -more.bottom[0].diff)


def test_values_near_bits():
    run = run_layer('type: "MinQuantizeLoss"', X, X)
    bits = [[1, 0, 1], [1, 0, 0]]
    loss = slope = 0.0
    for row, its in zip(X, bits, strict=True):
        for x, bit in zip(row, its, strict=True):
            loss += (bit - x) ** 2
            slope += (bit - x) * -x
    np.testing.assert_allclose(run.top[0].data, loss / 2 / 2)
    run.backward([True, True])
    np.testing.assert_allclose(run.bottom[0].diff, np.full((2, 3), slope / 6 / 2))
    np.testing.assert_allclose(run.bottom[1].diff, -run.bottom[0].diff)


def test_pairs_that_are_turned(rng):
    a, b = rng.normal(size=(2, 3, 1, 1)), rng.normal(size=(2, 3))
    u, v = np.array([[0.5], [2]]), np.array([3.0, 0.25])
    run = run_layer('type: "TransformLoss" loss_weight: 4', a, b, u, v)
    apart = a.reshape(2, 3) - b
    expected = (1.5 * (apart[0] ** 2).sum() + 0.5 * (apart[1] ** 2).sum()) / 2 / 2
    np.testing.assert_allclose(run.top[0].data, expected)
    run.backward([True] * 4)
    np.testing.assert_allclose(run.bottom[0].diff.reshape(2, 3), apart * 4 / 2)
    np.testing.assert_allclose(run.bottom[1].diff, -apart * 4 / 2)
    assert not run.bottom[2].diff.any()


@pytest.mark.parametrize("kind", ["EvenDistLoss", "MinQuantizeLoss"])
def test_one_blob_given_twice_gets_no_gradient(kind):
    net = Net(
        parse_net(
            'force_backward: true input: "x" input_shape { dim: 2 dim: 3 } '
            f'layer {{ name: "loss" type: "{kind}" bottom: "x" bottom: "x" top: "loss" }}'
        )
    )
    net.blobs["x"].data[...] = X
    net.forward()
    net.backward()
    assert not net.blobs["x"].diff.any()


def test_bad_shapes():
    with pytest.raises(LayerError, match="items of one shape"):
        run_layer('type: "EvenDistLoss"', np.ones((2, 3)), np.ones((2, 4)))
    with pytest.raises(LayerError, match="do not fit together"):
        run_layer('type: "TransformLoss"', X, X, np.ones(2), np.ones((2, 2)))
