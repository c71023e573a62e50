"""Weights in the orders and shapes that forks write them in."""

import numpy as np
import pytest

import blobnet
from blobnet import WeightsError
from blobnet.proto import NetParameter

INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
BN = 'layer { name: "bn" type: "BatchNorm" bottom: "x" top: "y" batch_norm_param { eps: 1e-9 } }'
SCALE = """layer { name: "scale" type: "Scale" bottom: "y" top: "y"
  scale_param { bias_term: true } }"""
JOINED = BN.replace("eps: 1e-9", "eps: 1e-9 scale_bias: true")

MEAN, VARIANCE, FACTOR, OFFSET = [1, 2, 3], [4, 16, 64], [10, 20, 30], [0.5, 0.25, 0.125]
IN_ORDER = [MEAN, VARIANCE, [1], FACTOR, OFFSET]
OF_DIGITS = [FACTOR, OFFSET, MEAN, VARIANCE, [0]]
X = np.array([[3, 6, 19], [1, -2, 3]], np.float32)


def weights(**layers) -> NetParameter:
    net = NetParameter()
    for name, blobs in layers.items():
        layer = net.layer.add(name=name)
        for values in blobs:
            blob = layer.blobs.add(data=values)
            blob.shape.dim.append(len(values))
    return net


def output(net_text, stored):
    net = blobnet.Net(blobnet.parse_net(net_text), phase="TEST", weights=stored)
    return net.forward(x=X)["y"]


def normalized():
    return (X - MEAN) / np.sqrt(np.array(VARIANCE, np.float64)) * FACTOR + OFFSET


@pytest.mark.parametrize("blobs", [IN_ORDER, OF_DIGITS], ids=["in order", "of DIGITS"])
def test_five_blobs_of_one_layer(blobs):
    np.testing.assert_allclose(output(INPUT + JOINED, weights(bn=blobs)), normalized(), rtol=1e-4)


@pytest.mark.parametrize("blobs", [IN_ORDER, OF_DIGITS], ids=["in order", "of DIGITS"])
def test_five_blobs_for_batch_norm_and_scale(blobs):
    found = output(INPUT + BN + SCALE, weights(bn=blobs))
    np.testing.assert_allclose(found, normalized(), rtol=1e-4)


def test_five_blobs_where_nothing_takes_the_factor():
    with pytest.raises(WeightsError, match="layer bn: the net has 3, the weights have 5"):
        output(INPUT + BN, weights(bn=IN_ORDER))


def test_a_scale_that_the_file_has_itself_is_not_given_another():
    with pytest.raises(WeightsError, match="layer bn: the net has 3, the weights have 5"):
        output(INPUT + BN + SCALE, weights(bn=IN_ORDER, scale=[FACTOR, OFFSET]))


def test_a_scale_of_another_size_is_not_taken():
    other = SCALE.replace("bias_term: true", "bias_term: false")
    with pytest.raises(WeightsError, match="layer bn: the net has 3, the weights have 5"):
        output(INPUT + BN + other, weights(bn=IN_ORDER))


CONVOLUTION = """layers { name: "fc6" type: CONVOLUTION bottom: "x" top: "y" %s
  convolution_param { num_output: 2 kernel_size: 2 bias_term: false } }"""
IMAGE = 'input: "x" input_shape { dim: 1 dim: 3 dim: 2 dim: 2 }'


def inner_product_weights(count=24):
    stored = NetParameter()
    layer = stored.layer.add(name="fc6")
    layer.blobs.add(num=1, channels=1, height=2, width=count // 2, data=range(count))
    return stored


@pytest.mark.parametrize("strict", ["", "strict_dim: true"])
def test_weights_of_another_shape_are_refused(strict):
    net = blobnet.parse_net(IMAGE + CONVOLUTION % strict)
    with pytest.raises(WeightsError, match="shape mismatch"):
        blobnet.Net(net, phase="TEST", weights=inner_product_weights())


def test_without_strict_dim_the_count_decides():
    definition = blobnet.parse_net(IMAGE + CONVOLUTION % "strict_dim: false")
    net = blobnet.Net(definition, phase="TEST", weights=inner_product_weights())
    found = net.params["fc6"][0].data
    np.testing.assert_array_equal(found, np.arange(24).reshape(2, 3, 2, 2))
    with pytest.raises(WeightsError, match="shape mismatch"):
        blobnet.Net(definition, phase="TEST", weights=inner_product_weights(22))
