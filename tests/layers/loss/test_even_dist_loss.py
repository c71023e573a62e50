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


def test_one_blob_given_twice_gets_no_gradient():
    net = Net(
        parse_net(
            'force_backward: true input: "x" input_shape { dim: 2 dim: 3 } '
            'layer { name: "loss" type: "EvenDistLoss" bottom: "x" bottom: "x" top: "loss" }'
        )
    )
    net.blobs["x"].data[...] = X
    net.forward()
    net.backward()
    assert not net.blobs["x"].diff.any()


def test_bad_shapes():
    with pytest.raises(LayerError, match="items of one shape"):
        run_layer('type: "EvenDistLoss"', np.ones((2, 3)), np.ones((2, 4)))
