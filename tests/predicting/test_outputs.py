from __future__ import annotations

import pytest

import blobnet
from blobnet.predicting.outputs import Output, find_output

INPUT = 'layer { name: "data" type: "Input" top: "data" input_param { shape { DIMS } } }\n'
IP = """layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
  inner_product_param { num_output: 4 } }\n"""


def net_of(layers, dims=(2, 3, 6, 8)):
    text = INPUT.replace("DIMS", " ".join(f"dim: {dim}" for dim in dims)) + layers
    return blobnet.Net(blobnet.parse_net(text), phase="TEST", seed=1)


def conv(name, channels, bottom="data"):
    return f"""layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}"
      convolution_param {{ num_output: {channels} kernel_size: 1 }} }}\n"""


SOFTMAX = 'layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }'
ARG_MAX = """layer { name: "best" type: "ArgMax" bottom: "conv" top: "best"
  argmax_param { axis: 1 OUT } }"""
SIGMOID = 'layer { name: "edges" type: "Sigmoid" bottom: "conv" top: "edges" }'
BOTH = 'layer { name: "net_output" type: "Concat" bottom: "a" bottom: "b" top: "net_output" }'


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (IP + SOFTMAX, Output("classes", ("prob",))),
        (conv("conv", 5), Output("mask", ("conv",))),
        (conv("conv", 5) + ARG_MAX.replace("OUT", ""), Output("mask", ("best",))),
        (conv("conv", 1) + SIGMOID, Output("map", ("edges",))),
        (conv("a", 19) + conv("b", 38) + BOTH, Output("points", ("net_output",))),
        (conv("b", 38) + conv("a", 19), Output("points", ("a", "b"))),
        (conv("a", 26) + conv("b", 52) + BOTH, Output("points", ("net_output",))),
        (conv("a", 5) + IP + SOFTMAX, Output("classes", ("prob",))),  # the last output tells
    ],
)
def test_what_an_output_is_is_seen(layers, expected):
    assert find_output(net_of(layers)) == expected


def test_the_largest_value_along_an_axis_is_no_class():
    net = net_of(conv("conv", 5) + ARG_MAX.replace("OUT", "out_max_val: true"))
    assert find_output(net) == Output("map", ("best",))


def test_boxes_come_before_all_else():
    layers = f"""
    layer {{ name: "loc" type: "InnerProduct" bottom: "data" top: "loc"
      inner_product_param {{ num_output: 8 }} }}
    {IP}
    layer {{ name: "priors" type: "Input" top: "priors"
      input_param {{ shape {{ dim: 1 dim: 2 dim: 8 }} }} }}
    layer {{ name: "found" type: "DetectionOutput" bottom: "loc" bottom: "ip" bottom: "priors"
      top: "found" detection_output_param {{ num_classes: 2 nms_param {{ top_k: 5 }} }} }}
    {conv("other", 5)}
    """
    assert find_output(net_of(layers)) == Output("boxes", ("found",))


def test_a_blob_and_what_it_is_can_be_said():
    net = net_of(conv("conv", 5) + IP)
    assert find_output(net, "conv") == Output("mask", ("conv",))
    assert find_output(net, "conv", "points") == Output("points", ("conv",))
    assert find_output(net, "ip") == Output("classes", ("ip",))


def test_a_name_that_is_not_there_is_explained():
    with pytest.raises(blobnet.NetError, match=r"'conf'\n(.*\n)*.*did you mean conv"):
        find_output(net_of(conv("conv", 5)), "conf")


def test_a_net_that_tells_nothing_is_explained():
    layers = IP + 'layer { name: "sum" type: "Reduction" bottom: "ip" top: "sum" }'
    with pytest.raises(blobnet.NetError, match=r"'sum' of shape \(\)(.|\n)*--blob"):
        find_output(net_of(layers))


def test_numbers_can_be_said_to_be_places():
    assert find_output(net_of(IP), kind="points") == Output("points", ("ip",))
    assert find_output(net_of(IP + conv("conv", 5)), kind="mask") == Output("mask", ("conv",))
    assert find_output(net_of(conv("conv", 5) + IP), kind="mask") == Output("mask", ("conv",))


@pytest.mark.parametrize(
    ("kind", "layers"),
    [
        ("boxes", IP),
        ("regions", IP),
        ("mask", IP),
        ("map", IP),
        ("points", IP.replace("num_output: 4", "num_output: 5")),
    ],
)
def test_what_an_output_cannot_be_is_explained(kind, layers):
    with pytest.raises(blobnet.NetError, match=f"no output can be read as {kind}") as raised:
        find_output(net_of(layers), kind=kind)
    assert "'ip' of shape (2, " in str(raised.value)
    assert "--as" in str(raised.value)
