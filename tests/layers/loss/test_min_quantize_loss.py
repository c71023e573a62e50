import numpy as np

from blobnet import Net, parse_net
from blobnet.testing import run_layer

X = np.array([[0.9, 0.2, 0.6], [0.7, -1.0, 0.1]])


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


def test_one_blob_given_twice_gets_no_gradient():
    net = Net(
        parse_net(
            'force_backward: true input: "x" input_shape { dim: 2 dim: 3 } '
            'layer { name: "loss" type: "MinQuantizeLoss" bottom: "x" bottom: "x" top: "loss" }'
        )
    )
    net.blobs["x"].data[...] = X
    net.forward()
    net.backward()
    assert not net.blobs["x"].diff.any()
