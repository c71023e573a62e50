"""The words and colours of layers in pictures."""

from __future__ import annotations

import pytest

from blobnet.proto import LayerParameter
from blobnet.pycaffe import draw
from tests.pycaffe.drawn import net

LAYERS = {layer.name: layer for layer in net().layer}


def test_the_labels_of_layers():
    across = {name: draw.get_layer_label(layer, "LR") for name, layer in LAYERS.items()}
    assert across == {
        "data": r'"data\n(Data)"',
        "conv": r'"conv\n(Convolution)\nkernel size: 5\nstride: 2\npad: 0"',
        "relu": r'"relu\n(ReLU)"',
        "pool": r'"pool\n(Pooling AVE)\nkernel size: 3\nstride: 2\npad: 1"',
        "ip": r'"ip\n(InnerProduct)"',
        "acc": r'"acc\n(Accuracy)"',
        "loss": r'"loss\n(SoftmaxWithLoss)"',
    }
    for rankdir in ("TB", "BT"):
        down = draw.get_layer_label(LAYERS["pool"], rankdir)
        assert down == '"pool (Pooling AVE) kernel size: 3 stride: 2 pad: 1"'


def test_a_convolution_that_says_nothing_has_a_window_of_one():
    label = draw.get_layer_label(LayerParameter(name="c", type="Deconvolution"), "TB")
    assert label == '"c (Deconvolution) kernel size: 1 stride: 1 pad: 0"'


def test_learning_rates_are_told_where_they_are_asked_for():
    assert draw.get_layer_label(LAYERS["conv"], "LR", display_lrm=True).endswith(
        r'pad: 0\nlr mult: 1.0, 2.0"'
    )
    assert draw.get_layer_label(LAYERS["relu"], "LR", display_lrm=True) == r'"relu\n(ReLU)"'
    fixed = LayerParameter(name="f", type="InnerProduct", param=[{"lr_mult": 0}, {"lr_mult": 0}])
    assert draw.get_layer_label(fixed, "LR", display_lrm=True) == r'"f\n(InnerProduct)"'


@pytest.mark.parametrize(
    ("given", "rates"), [([], (1, 1)), ([0.5], (0.5, 1)), ([0, 2], (0, 2))]
)  # fmt: skip
def test_rates_that_are_not_given_are_one(given, rates):
    layer = LayerParameter(type="InnerProduct", param=[{"lr_mult": rate} for rate in given])
    assert draw.get_layer_lr_mult(layer) == rates


def test_rates_that_there_are_not():
    with pytest.raises(ValueError, match="ReLU layers do not have a learning rate multiplier"):
        draw.get_layer_lr_mult(LAYERS["relu"])
    three = LayerParameter(type="InnerProduct", param=[{}, {}, {}])
    with pytest.raises(ValueError, match="Could not parse"):
        draw.get_layer_lr_mult(three)


def test_edges_tell_the_size_of_what_a_layer_makes():
    labels = {name: draw.get_edge_label(layer) for name, layer in LAYERS.items()}
    none = '""'
    assert labels == {
        "data": "Batch 100",
        "conv": "20",
        "relu": none,
        "pool": none,
        "ip": "10",
        "acc": none,
        "loss": none,
    }


def test_colours_go_by_the_type():
    colors = {name: draw.choose_color_by_layertype(layer.type) for name, layer in LAYERS.items()}
    assert colors["conv"] == draw.choose_color_by_layertype("Deconvolution") == "#FF5050"
    assert (colors["pool"], colors["ip"], colors["data"]) == ("#FF9900", "#CC33FF", "#6495ED")


def test_pooling_methods_by_number():
    found = draw.get_pooling_types_dict()
    assert {n: name for n, name in found.items() if n < 50000} == {
        0: "MAX",
        1: "AVE",
        2: "STOCHASTIC",
    }  # and forks'


def test_names_cannot_break_out_of_a_label():
    layer = LayerParameter(name='a"|{<b>}\\\n\x1b', type="ReLU")
    label = draw.get_layer_label(layer, "TB")
    assert label == r'"a\"\|\{\<b\>\}\\\\n\\x1b (ReLU)"'
