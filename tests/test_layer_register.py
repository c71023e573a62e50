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


def test_a_type_of_a_fork_that_nobody_has_is_refused_with_the_fork_and_what_to_do():
    with pytest.raises(LayerError) as caught:
        made('type: "MOE"')
    text = str(caught.value)
    assert text.startswith('layer "it": unknown layer type "MOE"')
    assert "got:      a type of OpenCL (BVLC/caffe, branch opencl)" in text
    assert 'register a class: @blobnet.register_layer("MOE")' in text
    assert 'type: "Python"' in text


def test_a_type_that_no_fork_has_is_refused_with_the_nearest():
    with pytest.raises(LayerError, match="did you mean Convolution") as caught:
        made('type: "Convolutoin"')
    assert "a type of" not in str(caught.value)


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


# --- a cell of a notebook that runs again -------------------------------------------------------

CELL = """
@blobnet.register_layer("Cell{n}", "OldCell{n}", {options})
class Cell(blobnet.Layer):
    times = {times}
"""


def run_cell(n, times, options):
    exec(CELL.format(n=n, times=times, options=options), {"blobnet": blobnet, "__name__": "cells"})


@pytest.mark.parametrize(
    ("n", "options"),
    [
        (1, ""),
        (2, 'param={"alpha": 1.0, "mode": ("SUM", "MAX")}'),
        (3, 'param={"a": 1}, param_number=7777'),
    ],
)
def test_a_class_made_anew_takes_the_place_of_the_former(n, options):
    for times in (1, 2):
        run_cell(n, times, options)
        assert made(f'type: "Cell{n}"').times == made(f'type: "OldCell{n}"').times == times
    if options:
        assert made(f'type: "Cell{n}"').own_param is not None


def test_a_cell_may_give_the_class_another_name(caplog):
    code = """
@blobnet.register_layer("Renamed", "OldRenamed", param={{"a": 1}})
class {}(blobnet.Layer):
    times = {}
"""
    names = {"blobnet": blobnet, "__name__": "__main__"}
    exec(code.format("First", 1), names)
    exec(code.format("Second", 2), names)
    assert made('type: "Renamed" renamed_param { a: 3 }').own_param.a == 3
    assert made('type: "Renamed"').times == made('type: "OldRenamed"').times == 2
    assert caplog.messages == ['layer type "Renamed" was class First until now, it is Second']
    exec(code.format("Second", 3).replace('"Renamed"', '"OldRenamed"', 1), names)
    assert made('type: "OldRenamed"').times == 3


def test_elsewhere_two_classes_are_two():
    code = '@blobnet.register_layer("ByModule")\nclass {}(blobnet.Layer): pass'
    exec(code.format("First"), {"blobnet": blobnet, "__name__": "a"})
    for name, module in (("Second", "a"), ("First", "b"), ("Second", "__main__")):
        with pytest.raises(LayerError, match='"ByModule" is registered twice'):
            exec(code.format(name), {"blobnet": blobnet, "__name__": module})


@pytest.mark.parametrize(
    ("n", "changed"),
    [
        (4, 'param={"alpha": 2.0}'),
        (5, 'param={"alpha": 1.0}, param_name="c"'),
        (6, 'param={"alpha": 1.0, "b": 1}'),
    ],
)
def test_a_message_that_changes_needs_a_new_process(n, changed):
    run_cell(n, 1, 'param={"alpha": 1.0}')
    with pytest.raises(
        LayerError, match=rf'"Cell{n}" has another message(.*\n)*.*start Python anew'
    ):
        run_cell(n, 2, changed)
    assert made(f'type: "Cell{n}"').times == 1


def test_a_class_made_anew_may_get_its_first_message(mine):
    code = '@blobnet.register_layer("Later"{})\nclass Later(Mine): pass'
    names = {"blobnet": blobnet, "Mine": mine, "__name__": "cells"}
    exec(code.format(""), names)
    exec(code.format(', param={"gamma": 3.0}'), names)
    assert made('type: "Later"').own_param.gamma == 3


def test_two_classes_that_a_function_makes_are_two():
    def make():
        @register_layer("ByFunction")
        class ByFunction(Layer):
            pass

    make()
    with pytest.raises(LayerError, match='"ByFunction" is registered twice'):
        make()


@pytest.mark.parametrize("name", [Layer, None, "", 3])
def test_a_type_without_a_name_is_refused(name):
    with pytest.raises(LayerError, match=r'needs a name(.*\n)*.*@blobnet.register_layer\("Mine"\)'):
        register_layer(name)


@pytest.mark.parametrize("cls", [blobnet.PythonLayer, len, 3])
def test_what_is_no_layer_is_refused(cls):
    with pytest.raises(LayerError, match='"NoLayer" is no class of a layer'):
        register_layer("NoLayer")(cls)
    assert not is_layer_type("NoLayer")


@pytest.mark.parametrize("number", [2**40, -1, 3.5, "3", True, 19500])
def test_a_number_that_no_field_can_have_is_refused(number):
    with pytest.raises(LayerError, match=f'"Odd" cannot have the number {number}'):
        register_layer("Odd", param={"a": 1}, param_number=number)(type("Odd", (Layer,), {}))


def test_the_example_of_the_readme_works():
    @blobnet.register_layer("ReadmeMine", param={"mode": ("SUM", "MAX"), "dims": [int]})
    class ReadmeMine(Layer):
        pass

    param = made('type: "ReadmeMine" readme_mine_param { mode: MAX dims: 3 }').own_param
    assert (param.mode == param.MAX, list(param.dims)) == (True, [3])
