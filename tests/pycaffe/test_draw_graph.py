"""Which boxes and arrows a net has, and how Graphviz is told of them."""

from __future__ import annotations

import pytest

from blobnet.errors import BlobnetError
from blobnet.proto import TEST, TRAIN, NetParameter
from blobnet.pycaffe.draw_graph import NO_LABEL, Edge, make_graph
from tests.pycaffe.drawn import net

LAYERS = {
    *("data_Data", "conv_Convolution", "relu_ReLU", "pool_Pooling", "ip_InnerProduct"),
    "loss_SoftmaxWithLoss",
}
BLOBS = {f"{name}_blob" for name in ("data", "label", "conv", "pool", "ip", "loss")}


def test_every_layer_and_every_blob_has_a_node():
    assert set(make_graph(net(), "LR").nodes) == LAYERS | BLOBS | {"acc_Accuracy", "acc_blob"}


def test_a_phase_has_its_own_layers():
    train = make_graph(net(), "LR", phase=TRAIN)
    assert set(train.nodes) == LAYERS | BLOBS
    assert train.edges[0] == Edge("data_Data", "data_blob", "Batch 64")
    test = make_graph(net(), "LR", phase=TEST)
    assert set(test.nodes) == LAYERS | BLOBS | {"acc_Accuracy", "acc_blob"}
    assert test.edges[0].label == "Batch 100"


def test_rules_without_a_phase_hold_in_both():
    text = """
        layer { name: "a" type: "ReLU" include { stage: "s" } }
        layer { name: "b" type: "ReLU" exclude { min_level: 1 } }
    """
    for phase in (TRAIN, TEST):
        assert list(make_graph(net(text), "LR", phase=phase).nodes) == ["a_ReLU", "b_ReLU"]


def test_arrows_lead_from_blobs_to_layers_to_blobs():
    edges = make_graph(net(), "LR").edges
    assert [edge for edge in edges if "conv_Convolution" in (edge.start, edge.end)] == [
        Edge("data_blob", "conv_Convolution", NO_LABEL),
        Edge("conv_Convolution", "conv_blob", "20"),
    ]
    assert Edge("relu_ReLU", "conv_blob", NO_LABEL) in edges
    assert Edge("conv_blob", "relu_ReLU", NO_LABEL) in edges
    unlabelled = make_graph(net(), "LR", label_edges=False).edges
    assert {edge.label for edge in unlabelled} == {NO_LABEL}


def test_styles_tell_layers_blobs_and_outputs_from_each_other():
    nodes = make_graph(net(), "LR").nodes
    assert nodes["relu_ReLU"].style["fillcolor"] == "#90EE90"
    assert nodes["conv_Convolution"].style["shape"] == "record"
    assert nodes["conv_blob"].style["shape"] == "octagon"
    assert nodes["loss_blob"].style == {}


def test_a_net_of_2014_is_upgraded():
    old = net('layers { name: "x" type: RELU bottom: "a" top: "b" }')
    assert list(make_graph(old, "LR").nodes) == ["x_ReLU", "a_blob", "b_blob"]


def test_graphviz_is_told_with_every_name_in_quotes():
    text = r'name: "n\"\\" layer { name: "x" type: "ReLU" bottom: "a:b" top: "c\"\\" }'
    assert make_graph(net(text), "TB").dot().splitlines() == [
        r'digraph "n\"\\" {',
        'rankdir="TB";',
        'n0 [label="x (ReLU)", shape="record", fillcolor="#6495ED", style="filled"];',
        'n1 [label="a:b", shape="octagon", fillcolor="#E0E0E0", style="filled"];',
        r'n2 [label="c\"\\"];',
        'n1 -> n0 [label=""];',
        'n0 -> n2 [label=""];',
        "}",
    ]
    assert make_graph(NetParameter(), "LR").dot().startswith('digraph "Net" {\n')


def test_both_kinds_of_rules_are_one_too_many():
    text = 'layer { name: "x" type: "ReLU" include { phase: TEST } exclude { phase: TRAIN } }'
    assert len(make_graph(net(text), "LR").nodes) == 1
    with pytest.raises(ValueError, match="layer x has both include and exclude") as caught:
        make_graph(net(text), "LR", phase=TEST)
    assert isinstance(caught.value, BlobnetError)
