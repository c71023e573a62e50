from __future__ import annotations

import pytest

import blobnet
from blobnet.layer import Layer
from blobnet.layer_register import layer_class
from blobnet.proto import FillerParameter, LayerParameter
from blobnet.proto.own_messages import add_message
from blobnet.serialization.prototxt import parse_layer
from blobnet.testing import run_layer
from blobnet.viz.layer_words import FORMULAS, formula, gradient_formula, group, settings
from tests.own_layers import registers_as_before


def layer(text):
    param = parse_layer(text)
    return layer_class(param.type)(param)


@pytest.mark.parametrize("name", blobnet.layer_type_list())
def test_every_type_has_words_for_both_ways(name):
    made = layer_class(name)(LayerParameter(type=name))
    assert formula(made)
    if group(made) != "other":
        assert gradient_formula(made)
        assert "Proto:" not in gradient_formula(made)
        assert "in place" not in gradient_formula(made)


def test_formulas_are_given_to_types_that_exist():
    assert set(FORMULAS) <= set(blobnet.layer_type_list())


def test_the_words_are_the_docstrings():
    made = layer('type: "InnerProduct"')
    assert formula(made) == "Fully connected layer: y = x @ W.T + b."
    assert gradient_formula(made) == "dW += dy.T @ x,  db += dy summed over M,  dx = dy @ W."


def test_words_over_several_lines_become_one():
    assert "\n" not in gradient_formula(layer('type: "Pooling"'))
    assert gradient_formula(layer('type: "LSTMUnit"')).startswith("dc_prev = s * cont * f")


def test_a_class_without_docstring_has_no_words():
    class Silent(blobnet.Layer):
        pass

    made = Silent(LayerParameter(type="of mine"))
    assert formula(made) == gradient_formula(made) == ""
    assert group(made) == "other"


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
