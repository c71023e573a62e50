"""Caffe's drafts of early 2014: `enable`, `disable`, INPUT, a transform_param in data_param."""

from __future__ import annotations

import pytest

import blobnet
from blobnet import LayerError, Net, ProtoError, parse_net
from tests.solver.training import make_solver

INPUT = """layers { name: "in" type: INPUT top: "x" top: "y"
    input_param { num: 2 channels: 3 channels: 1 height: 4 width: 5 } }"""


def test_sizes_are_shapes():
    layer = parse_net(INPUT).layer[0]
    assert layer.type == "Input"
    assert [list(shape.dim) for shape in layer.input_param.shape] == [[2, 3, 4, 5], [2, 1, 4, 5]]
    assert Net(parse_net(INPUT)).blobs["y"].shape == (2, 1, 4, 5)


@pytest.mark.parametrize("sizes", ["num: 1", "num: 1 num: 2 num: 3 channels: 1 height: 1 width: 1"])
def test_sizes_that_do_not_go_together(sizes):
    text = f'layers {{ name: "in" type: INPUT top: "x" top: "y" input_param {{ {sizes} }} }}'
    with pytest.raises(ProtoError, match=r"layer 'in'.*once per top blob"):
        parse_net(text)


def test_sizes_of_a_layer_of_today_are_refused():
    text = 'layer { name: "in" type: "Input" top: "x" input_param { num: 1 } }'
    with pytest.raises(LayerError, match=r"num .*drafts of 2014"):
        Net(parse_net(text))


def test_rules_are_those_of_today():
    rules = "enable { phase: TRAIN } enable { min_level: 1 }"
    layer = parse_net(f'layers {{ name: "r" type: RELU {rules} }}').layer[0]
    assert layer.include[0].phase == blobnet.TRAIN
    assert layer.include[1].min_level == 1
    layer = parse_net('layers { name: "r" type: RELU disable { phase: TEST } }').layer[0]
    assert len(layer.exclude) == 1


BY_SOLVER = """
    layers { name: "in" type: INPUT top: "x" top: "y" enable { solver: false }
        input_param { num: 1 channels: 1 height: 1 width: 1 } }
    layers { name: "data" type: DUMMY_DATA top: "x" top: "y" enable { solver: true phase: TRAIN }
        dummy_data_param { num: 2 channels: 1 height: 1 width: 1
            num: 2 channels: 1 height: 1 width: 1 data_filler { value: 1 } } }
    layers { name: "ip" type: INNER_PRODUCT bottom: "x" top: "ip"
        inner_product_param { num_output: 1 } }
    layers { name: "loss" type: EUCLIDEAN_LOSS bottom: "ip" bottom: "y" }"""


def test_a_rule_may_ask_whether_a_solver_makes_the_net():
    assert make_solver(BY_SOLVER).net.layer_names[0] == "data"
    assert Net(parse_net(BY_SOLVER), phase="TRAIN").layer_names[0] == "in"
    assert not parse_net(BY_SOLVER).state.solver


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("DATA", "data_param"),
        ("IMAGE_DATA", "image_data_param"),
        ("MEMORY_DATA", "memory_data_param"),
    ],
)
def test_a_transform_param_belongs_to_the_layer(kind, message):
    inner = "transform_param { mirror: true crop_size: 5 }"
    layer = parse_net(f'layers {{ name: "d" type: {kind} {message} {{ {inner} }} }}').layer[0]
    assert (layer.transform_param.mirror, layer.transform_param.crop_size) == (True, 5)
    assert not getattr(layer, message).HasField("transform_param")
