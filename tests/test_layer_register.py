"""Layer types with a message of their own; registering by itself is tested with the layer."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.layer import Layer
from blobnet.layer_register import create_layer, is_layer_type, register_layer
from blobnet.proto.own_messages import own_fields
from blobnet.serialization.prototxt import parse_layer
from blobnet.testing import check_gradients, run_layer
from tests.own_layers import registers_as_before


@pytest.fixture(autouse=True)
def _own_register():
    with registers_as_before():
        yield


def made(text: str) -> Layer:
    return create_layer(parse_layer(f'name: "it" {text}'))


def test_a_layer_reads_its_message_and_the_defaults(mine):
    layer = made('type: "Mine" mine_param { alpha: 2 dims: [3, 4] mode: MAX }')
    param = layer.own_param
    assert (param.alpha, param.size, list(param.dims)) == (2, 3, [3, 4])
    assert param.mode == param.MAX
    assert made('type: "Mine"').own_param.alpha == 1


def test_gradients_with_a_message_of_ones_own(mine, rng):
    text = 'type: "Mine" mine_param { alpha: 2 weight_filler { value: 3 } }'
    x = rng.normal(size=(2, 3))
    check_gradients(text, x)
    np.testing.assert_allclose(run_layer(text, x).top[0].data, 2 * 3 * x)


def test_a_subclass_reads_the_message_of_its_base(mine):
    register_layer("MineToo")(type("MineToo", (mine,), {}))
    assert made('type: "MineToo" mine_param { alpha: 5 }').own_param.alpha == 5


def test_an_alias_has_the_same_message():
    register_layer("Aliased", "OldAliased", param={"beta": 2.0})(type("Aliased", (Layer,), {}))
    assert made('type: "OldAliased" aliased_param { beta: 3 }').own_param.beta == 3


def test_name_and_number_are_taken_as_given():
    cls = register_layer("Numbered", param={"beta": 2}, param_name="n", param_number=41000)(
        type("Numbered", (Layer,), {})
    )
    assert cls.own_field_.extension.number == 41000
    assert made('type: "Numbered" n { beta: 3 }').own_param.beta == 3


def test_a_type_without_a_message_says_how_to_declare_one():
    register_layer("Plain")(type("Plain", (Layer,), {}))
    with pytest.raises(LayerError, match=r'Plain layer "it": .*no message.*\n.*param=\{'):
        _ = made('type: "Plain"').own_param
    with pytest.raises(LayerError, match='ReLU layer "it"'):
        _ = made('type: "ReLU"').own_param


# --- what is refused ------------------------------------------------------------------------------


def test_a_second_registration_of_a_type_is_refused_and_changes_nothing(mine):
    before = own_fields()
    with pytest.raises(LayerError, match='"Mine" is registered twice'):
        register_layer("Mine", param={"alpha": 7.0}, param_name="mine_again_param")(
            type("Mine", (Layer,), {})
        )
    assert own_fields() == before
    assert made('type: "Mine"').own_param.alpha == 1


def test_a_message_that_is_refused_leaves_no_type_behind():
    cls = type("Refused", (Layer,), {})
    for options in (
        {"param": {"alpha": None}},
        {"param": {"alpha": 1.0}, "param_name": "relu_param"},
        {"param": {"alpha": 1.0}, "param_number": 147},
        {"param_name": "refused_param"},
        {"param_number": 150},
    ):
        with pytest.raises(LayerError):
            register_layer("Refused", "OldRefused", **options)(cls)
        assert not is_layer_type("Refused")
        assert not is_layer_type("OldRefused")
        assert cls.own_field_ is None
    register_layer("Refused", param={"alpha": 1.0})(cls)
    assert made('type: "Refused"').own_param.alpha == 1


def test_a_name_without_a_message_is_refused():
    with pytest.raises(LayerError, match=r'"Bare" is given a name or a number.*\n.*param=\{'):
        register_layer("Bare", param_name="bare_param")(type("Bare", (Layer,), {}))


def test_a_class_has_one_message(mine):
    with pytest.raises(LayerError, match=r"Mine is registered with a message already\n.*alias"):
        register_layer("MineAgain", param={"alpha": 1.0})(mine)
    assert not is_layer_type("MineAgain")


def test_the_example_of_the_readme_works():
    @blobnet.register_layer("ReadmeMine", param={"mode": ("SUM", "MAX"), "dims": [int]})
    class ReadmeMine(Layer):
        pass

    param = made('type: "ReadmeMine" readme_mine_param { mode: MAX dims: 3 }').own_param
    assert (param.mode == param.MAX, list(param.dims)) == (True, [3])
