"""LRN layers that pool as well, as Caffe's branch opencl has them."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer

INPUT = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: [2, 6, 7, 7] } } }'
POOLING = "pooling_param { pool: MAX kernel_size: 3 stride: 2 }"
FUSED = f"""layer {{
    name: "norm" type: "LRN" bottom: "x" top: "y" loss_weight: 2 include {{ phase: TRAIN }}
    lrn_param {{ fuse_type: FUSED_POOL_MAX local_size: 3 alpha: 2 {POOLING} unit_test_mode: true }}
}}"""
PLAIN = f"""
    layer {{ name: "norm" type: "LRN" bottom: "x" top: "norm_lrn" include {{ phase: TRAIN }}
        lrn_param {{ local_size: 3 alpha: 2 }} }}
    layer {{ name: "norm_pool" type: "Pooling" bottom: "norm_lrn" top: "y" loss_weight: 2
        include {{ phase: TRAIN }} {POOLING} }}"""


def test_it_is_written_as_two_layers():
    assert parse_net(INPUT + FUSED) == parse_net(INPUT + PLAIN)
    assert (
        not parse_net(INPUT + FUSED + FUSED.replace("TRAIN", "TEST")).layer[3].lrn_param.fuse_type
    )


def test_it_pools_what_is_normalized(rng):
    """Against loops: the largest of x / s^beta in each window."""
    net = Net(parse_net(INPUT + FUSED), phase="TRAIN", dtype=np.float64)
    x = net.blobs["x"].data
    x[...] = rng.normal(size=x.shape)
    net.forward()
    normalized = np.empty_like(x)
    for n, c, i, j in np.ndindex(x.shape):
        near = x[n, max(0, c - 1) : c + 2, i, j]
        normalized[n, c, i, j] = x[n, c, i, j] / (1 + 2 / 3 * (near**2).sum()) ** 0.75
    expected = np.empty((2, 6, 3, 3))
    for n, c, i, j in np.ndindex(expected.shape):
        expected[n, c, i, j] = normalized[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3].max()
    np.testing.assert_allclose(net.blobs["y"].data, expected, rtol=1e-12)


def test_names_that_are_taken_stay():
    other = 'layer { name: "norm_pool" type: "ReLU" bottom: "x" top: "norm_lrn" }'
    net = parse_net(INPUT + other + FUSED)
    assert [layer.name for layer in net.layer] == ["in", "norm_pool", "norm", "norm_pool_"]
    assert list(net.layer[3].bottom) == list(net.layer[2].top) == ["norm_lrn_"]


def test_a_layer_alone_says_what_to_do():
    text = f'type: "LRN" lrn_param {{ fuse_type: FUSED_POOL_MAX {POOLING} }}'
    with pytest.raises(LayerError, match="as two layers"):
        run_layer(text, np.zeros((1, 2, 3, 3)))
