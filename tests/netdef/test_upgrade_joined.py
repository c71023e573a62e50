"""SkimCaffe's layers that do the work of several."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import Net, parse_net

INPUT = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: [2, 4, 9, 9] } } }'
FILLERS = 'weight_filler { type: "gaussian" std: 0.5 } bias_filler { value: 0.3 }'
CONV = f"convolution_param {{ num_output: 6 kernel_size: 3 {FILLERS} conv_mode: DIRECT_SCONV }}"
POOL, LRN = "pooling_param { pool: MAX kernel_size: 3 stride: 2 }", "lrn_param { alpha: 3 }"
RULE = "include { phase: TEST }"


def layers(text):
    return [
        (layer.name, layer.type, list(layer.bottom), list(layer.top))
        for layer in parse_net(INPUT + text).layer[1:]
    ]


def test_a_convolution_with_all_behind_it():
    text = f"""layer {{ name: "c" type: "ConvolutionReLUPoolLRN" bottom: "x" top: "y" {RULE}
        loss_weight: 2 param {{ lr_mult: 3 }} {CONV} {POOL} {LRN} relu_param {{ }} }}"""
    assert layers(text) == [
        ("c", "Convolution", ["x"], ["c_convolution_top"]),
        ("c_relu", "ReLU", ["c_convolution_top"], ["c_convolution_top"]),
        ("c_pooling", "Pooling", ["c_convolution_top"], ["c_pooling_top"]),
        ("c_lrn", "LRN", ["c_pooling_top"], ["y"]),
    ]
    conv, relu, pool, lrn = parse_net(INPUT + text).layer[1:]
    assert conv.param[0].lr_mult == 3
    assert not conv.HasField("pooling_param")
    assert relu.HasField("relu_param")
    assert (pool.pooling_param.stride, lrn.lrn_param.alpha) == (2, 3)
    assert [len(layer.include) for layer in (conv, relu, pool, lrn)] == [1] * 4
    assert [list(layer.loss_weight) for layer in (conv, lrn)] == [[], [2]]


@pytest.mark.parametrize(
    ("kind", "settings", "expected"),
    [
        ("ConvolutionReLU", CONV, [("l", "Convolution", "x", "y"), ("l_relu", "ReLU", "y", "y")]),
        (
            "InnerProductReLUDropout",
            "inner_product_param { num_output: 3 } dropout_param { dropout_ratio: 0.2 }",
            [
                ("l", "InnerProduct", "x", "y"),
                ("l_relu", "ReLU", "y", "y"),
                ("l_dropout", "Dropout", "y", "y"),
            ],
        ),
        (
            "ReLUPooling",
            POOL,
            [("l", "ReLU", "x", "l_relu_top"), ("l_pooling", "Pooling", "l_relu_top", "y")],
        ),
        ("MKLConvolution", CONV, [("l", "Convolution", "x", "y")]),
        ("MKLReLU", "relu_param { negative_slope: 0.1 }", [("l", "ReLU", "x", "y")]),
        ("MKLPooling", POOL, [("l", "Pooling", "x", "y")]),
        ("MKLLRN", LRN, [("l", "LRN", "x", "y")]),
    ],
)
def test_the_parts(kind, settings, expected):
    found = layers(f'layer {{ name: "l" type: "{kind}" bottom: "x" top: "y" {settings} }}')
    assert found == [(name, kind, [bottom], [top]) for name, kind, bottom, top in expected]


def test_the_settings_stay_with_the_only_part():
    text = (
        'layer { name: "l" type: "MKLReLU" bottom: "x" top: "x" relu_param { negative_slope: 2 } }'
    )
    assert parse_net(INPUT + text).layer[1].relu_param.negative_slope == 2


def test_it_computes_what_the_layers_do(rng):
    joined = f'layer {{ name: "c" type: "ConvolutionReLUPool" bottom: "x" top: "y" {CONV} {POOL} }}'
    plain = f"""layer {{ name: "c" type: "Convolution" bottom: "x" top: "c" {CONV} }}
        layer {{ name: "r" type: "ReLU" bottom: "c" top: "c" }}
        layer {{ name: "p" type: "Pooling" bottom: "c" top: "y" {POOL} }}"""
    one, other = (Net(parse_net(INPUT + text), seed=3) for text in (joined, plain))
    x = rng.normal(size=(2, 4, 9, 9)).astype("f4")
    assert one.params.keys() == {"c"}
    np.testing.assert_array_equal(one.forward(x=x)["y"], other.forward(x=x)["y"])


def test_names_that_are_taken_stay():
    taken = 'layer { name: "c_relu" type: "ReLU" bottom: "x" top: "c_convolution_top" }'
    text = f'layer {{ name: "c" type: "ConvolutionReLUPool" bottom: "x" top: "y" {CONV} {POOL} }}'
    found = layers(taken + text)
    assert found[1][3] == ["c_convolution_top_"]
    assert found[2][0] == "c_relu_"
