from __future__ import annotations

import pytest

import blobnet
from blobnet.layer import Layer
from blobnet.layer_register import layer_class
from blobnet.proto import FillerParameter, LayerParameter
from blobnet.proto.own_messages import add_message
from blobnet.serialization.prototxt import parse_layer
from blobnet.testing import run_layer
from blobnet.viz.layer_words import group, settings
from tests.own_layers import registers_as_before


def layer(text):
    param = parse_layer(text)
    return layer_class(param.type)(param)


def test_a_class_of_your_own_belongs_to_no_group():
    class Silent(blobnet.Layer):
        pass

    assert group(Silent(LayerParameter(type="of mine"))) == "other"


@pytest.mark.parametrize(
    ("kind", "name"), [("Convolution", "vision"), ("ReLU", "activation"), ("Data", "data")]
)
def test_the_group_is_the_catalogues(kind, name):
    assert group(layer(f'type: "{kind}"')) == name


def test_settings_are_the_prototxts_own_words_without_fillers():
    made = layer("""type: "Convolution" convolution_param { num_output: 20 kernel_size: 5
        weight_filler { type: "xavier" } bias_filler { type: "constant" } }""")
    assert settings(made) == "num_output: 20 kernel_size: 5"
    assert made.layer_param_.convolution_param.HasField("weight_filler")  # a copy was cleared


def test_shapes_and_rates_are_no_settings():
    text = 'type: "Input" input_param { shape { dim: 1 } } param { lr_mult: 1 }'
    assert settings(layer(text)) == ""


def test_a_loss_weight_that_is_not_1_is_a_setting():
    run = run_layer('type: "EuclideanLoss" loss_weight: 0.3', [[1.0]], [[2.0]])
    assert settings(run.layer) == "loss_weight: 0.3"
    run = run_layer('type: "EuclideanLoss"', [[1.0]], [[2.0]])
    assert settings(run.layer) == ""


def test_an_own_message_is_a_setting_whatever_its_name():
    with registers_as_before():
        add_message("Words", {"beta": 1, "filler": FillerParameter}, name="of_words")
        param = parse_layer('type: "Words" of_words { beta: 2 filler { value: 3 } }')
        assert settings(Layer(param)) == "beta: 2"
