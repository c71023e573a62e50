"""A layer type of the user's own takes part in the inference mode by its methods alone."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import layer_register
from blobnet.inference.fusion import channel_affine, fold_affine, leaky_slope

TEXT = """
layer { name: "data" type: "Input" top: "data"
        input_param { shape { dim: 2 dim: 3 dim: 6 dim: 5 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
        convolution_param { num_output: 4 kernel_size: 3
            weight_filler { type: "gaussian" } bias_filler { type: "gaussian" } } }
layer { name: "mine" type: "Mine" bottom: "conv" top: "mine" }
layer { name: "relu" type: "ReLU" bottom: "mine" top: "mine" }
"""


class Mine(blobnet.Layer):
    exact_num_bottom_blobs = exact_num_top_blobs = 1

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = bottom[0].data * 3 + 1


class Fusible(Mine):
    def channel_affine(self):
        return np.full(4, 3.0), np.full(4, 1.0)


@pytest.mark.parametrize(("cls", "fused"), [(Mine, []), (Fusible, ["mine", "relu"])])
def test_a_user_s_layer_is_fused_where_it_says_that_it_can(cls, fused, monkeypatch, rng):
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    blobnet.layer_type_list()
    blobnet.register_layer("Mine")(cls)
    x = rng.normal(size=(2, 3, 6, 5))
    ordinary = blobnet.Net(blobnet.parse_net(TEXT), "TEST", seed=1)
    net = blobnet.Net(blobnet.parse_net(TEXT), "TEST", seed=1, inference=True)
    assert [wired.layer.name for wired in net.wired if wired.fused] == fused
    expected = ordinary.forward(data=x)["mine"]
    np.testing.assert_allclose(net.forward(data=x)["mine"], expected, rtol=1e-5, atol=1e-5)


def test_folded_weights_do_what_the_layers_do_one_after_the_other():
    class Affine(Mine):
        def channel_affine(self):
            return np.array([2.0, -1.0]), np.array([0.5, 4.0])

    weight, bias = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), np.array([1.0, 1.0], np.float32)
    layers = [Affine(blobnet.proto.LayerParameter()), Affine(blobnet.proto.LayerParameter())]
    folded_weight, folded_bias = fold_affine(weight, bias, layers)
    np.testing.assert_array_equal(folded_weight, [[4, 8], [3, 4]])
    np.testing.assert_array_equal(folded_bias, [(1 * 2 + 0.5) * 2 + 0.5, -(-1 + 4) + 4])
    np.testing.assert_array_equal(fold_affine(weight, None, layers[:1])[1], [0.5, 4])
    assert folded_weight.dtype == folded_bias.dtype == np.float32


def test_a_layer_that_says_nothing_is_neither():
    layer = Mine(blobnet.proto.LayerParameter())
    assert channel_affine(layer) is None
    assert leaky_slope(layer) is None
