"""Recordings of Caffe's own upgrades, and what they leave out: inputs, BatchNorm, mixtures."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from google.protobuf import text_format

from blobnet.errors import ProtoError, SolverError
from blobnet.netdef import upgrade_net, upgrade_solver
from blobnet.netdef.upgrade import net_needs_upgrade
from blobnet.proto import NetParameter, SolverParameter

REFERENCE = Path(__file__).parents[1] / "reference" / "upgrade"


def net(text: str) -> NetParameter:
    return text_format.Parse(text, NetParameter())


def solver(text: str) -> SolverParameter:
    return text_format.Parse(text, SolverParameter())


def reference(name: str) -> str:
    return (REFERENCE / f"{name}.prototxt").read_text(encoding="utf-8")


def test_every_recording_is_tested():
    names = {path.name.partition(".")[0] for path in REFERENCE.iterdir()}
    assert names == {"v0_net", "v1_net", "old_solver"}


@pytest.mark.parametrize("name", ["v0_net", "v1_net"])
def test_a_net_becomes_what_caffe_makes_of_it(name):
    old = net(reference(name))
    assert upgrade_net(old) == net(reference(f"{name}.upgraded"))
    assert old == net(reference(name)), "the argument was changed"


def test_a_solver_becomes_what_caffe_makes_of_it():
    old = solver(reference("old_solver"))
    assert upgrade_solver(old) == solver(reference("old_solver.upgraded"))
    assert old == solver(reference("old_solver")), "the argument was changed"


def is_just_copied(param: NetParameter) -> bool:
    result = upgrade_net(param)
    return result == param and result is not param and not net_needs_upgrade(param)


@pytest.mark.parametrize("name", ["v0_net", "v1_net"])
def test_an_upgraded_net_is_up_to_date(name):
    assert net_needs_upgrade(net(reference(name)))
    assert is_just_copied(net(reference(f"{name}.upgraded")))


def test_a_net_of_today_is_just_copied():
    today = net('name: "n" layer { name: "a" type: "ReLU" } state { phase: TRAIN } input_dim: 3')
    assert is_just_copied(today)
    assert is_just_copied(NetParameter())


CONV_AND_RELU = """
    layer { name: "c" type: "Convolution" bottom: "data" top: "c" }
    layer { name: "r" type: "ReLU" bottom: "c" top: "c" blobs { data: 0.5 } }
"""

INPUTS = {
    "one input_shape": (
        'input: "data" input_shape { dim: 10 dim: 3 }',
        'top: "data" input_param { shape { dim: 10 dim: 3 } }',
    ),
    "a scalar": (
        'input: "data" input_shape { }',
        'top: "data" input_param { shape { } }',
    ),
    "several input_shapes": (
        'input: "data" input: "label" input_shape { dim: 10 dim: 3 } input_shape { dim: 10 }',
        'top: "data" top: "label" input_param { shape { dim: 10 dim: 3 } shape { dim: 10 } }',
    ),
    "four input_dims": (
        'input: "data" input_dim: 10 input_dim: 3 input_dim: 227 input_dim: 228',
        'top: "data" input_param { shape { dim: 10 dim: 3 dim: 227 dim: 228 } }',
    ),
    "four input_dims for each of two": (
        'input: "a" input: "b" input_dim: 1 input_dim: 2 input_dim: 3 input_dim: 4 '
        "input_dim: 5 input_dim: 6 input_dim: 7 input_dim: 8",
        'top: "a" top: "b" input_param { '
        "shape { dim: 1 dim: 2 dim: 3 dim: 4 } shape { dim: 5 dim: 6 dim: 7 dim: 8 } }",
    ),
    "both: input_shape wins": (
        'input: "data" input_shape { dim: 7 } input_dim: 1 input_dim: 1 input_dim: 1 input_dim: 1',
        'top: "data" input_param { shape { dim: 7 } }',
    ),
    "more shapes than inputs": (
        'input: "data" input_shape { dim: 7 } input_shape { dim: 8 }',
        'top: "data" input_param { shape { dim: 7 } }',
    ),
    "more dims than inputs": (
        'input: "data" input_dim: 1 input_dim: 2 input_dim: 3 input_dim: 4 input_dim: 5',
        'top: "data" input_param { shape { dim: 1 dim: 2 dim: 3 dim: 4 } }',
    ),
}


@pytest.mark.parametrize(("fields", "layer"), INPUTS.values(), ids=INPUTS.keys())
def test_input_fields_become_an_input_layer_in_front(fields, layer):
    input_layer = f'layer {{ name: "input" type: "Input" {layer} }}'
    old = net(f'name: "n" {fields} {CONV_AND_RELU}')
    assert upgrade_net(old) == net(f'name: "n" {input_layer} {CONV_AND_RELU}')
    assert old == net(f'name: "n" {fields} {CONV_AND_RELU}'), "the argument was changed"


def test_an_input_without_any_shape_just_goes():
    """Weight files of old nets have these, and no use for them."""
    assert upgrade_net(net(f'input: "data" input: "b" {CONV_AND_RELU}')) == net(CONV_AND_RELU)


def test_shapes_without_an_input_stay():
    lonely = net(f"input_dim: 1 input_shape {{ dim: 1 }} {CONV_AND_RELU}")
    assert is_just_copied(lonely)


@pytest.mark.parametrize(
    ("fields", "expected", "got"),
    [
        ('input: "a" input: "b" input_shape { dim: 1 }', "2 input_shape", "1 input_shape"),
        ('input: "a" input_dim: 1 input_dim: 2 input_dim: 3', "4 input_dim", "3 input_dim"),
        ('input: "a" input: "b"' + 4 * " input_dim: 1", "8 input_dim", "4 input_dim"),
    ],
)
def test_an_input_that_misses_its_shape_is_refused(fields, expected, got):
    with pytest.raises(ProtoError, match=f"net 'n' .*\n.*{expected}.*\n.*{got}\n.*four input_dim"):
        upgrade_net(net(f'name: "n" {fields}'))


def batch_norm(*specs: str, type_name: str = "BatchNorm") -> NetParameter:
    params = " ".join(f"param {{ {spec} }}" for spec in specs)
    return net(f'layer {{ name: "bn" type: "{type_name}" {params} blobs {{ data: 2 }} }}')


def test_three_param_specs_of_a_batch_norm_are_frozen():
    old = batch_norm('name: "mean" lr_mult: 1', "share_mode: PERMISSIVE decay_mult: 1", "")
    assert upgrade_net(old) == batch_norm(
        'name: "mean" lr_mult: 0 decay_mult: 0',
        "share_mode: PERMISSIVE lr_mult: 0 decay_mult: 0",
        "lr_mult: 0 decay_mult: 0",
    )
    assert old.layer[0].param[0].lr_mult == 1, "the argument was changed"


@pytest.mark.parametrize(
    "other",
    [
        batch_norm(),
        batch_norm("lr_mult: 1"),
        batch_norm("lr_mult: 1", "lr_mult: 1"),
        batch_norm("lr_mult: 1", "lr_mult: 1", "lr_mult: 1", "lr_mult: 1"),
        batch_norm("lr_mult: 1", "lr_mult: 1", "lr_mult: 1", type_name="LSTM"),
    ],
)
def test_other_param_specs_are_left_alone(other):
    assert is_just_copied(other)


@pytest.mark.parametrize(
    "layers", ['layers { name: "old" type: RELU }', 'layers { layer { name: "x" type: "relu" } }']
)
def test_layer_beside_layers_is_refused(layers):
    mixed = net(f'layer {{ name: "new" type: "ReLU" }} {layers}')
    words = "Refusing to upgrade inconsistent NetParameter input; .* both 'layer' and 'layers'"
    with pytest.raises(ProtoError, match=f"{words}.*\n.*expected.*\n.*first: 'new'.*\n.*fix"):
        upgrade_net(mixed)


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.INFO]


def test_the_log_tells_each_upgrade_of_a_net(caplog):
    caplog.set_level(logging.INFO, logger="blobnet.netdef.upgrade")
    upgrade_net(net(reference("v0_net")))
    assert messages(caplog) == [
        "Attempting to upgrade input file specified using deprecated V0LayerParameter",
        "Successfully upgraded file specified using deprecated V0LayerParameter",
        "Attempting to upgrade input file specified using deprecated V1LayerParameter",
        "Successfully upgraded file specified using deprecated V1LayerParameter",
        "Attempting to upgrade input file specified using deprecated input fields",
        "Successfully upgraded file specified using deprecated input fields.",
    ]
    caplog.clear()
    upgrade_net(net(reference("v1_net")))
    assert messages(caplog)[2:] == [
        "Attempting to upgrade input file specified using deprecated transformation parameters",
        "Successfully upgraded file specified using deprecated data transformation parameters.",
    ]
    caplog.clear()
    upgrade_net(batch_norm("", "", ""))
    assert messages(caplog) == [
        "Attempting to upgrade batch norm layers using deprecated params",
        "Successfully upgraded batch norm layers using deprecated params.",
    ]


def test_the_log_tells_the_upgrade_of_a_solver(caplog):
    caplog.set_level(logging.INFO, logger="blobnet.netdef.upgrade")
    upgrade_solver(solver("solver_type: ADAM"))
    attempt, success = messages(caplog)
    assert attempt.startswith("Attempting to upgrade input file specified using deprecated")
    assert success.startswith("Successfully upgraded file specified using deprecated 'solver_type'")


def test_nothing_to_do_is_nothing_to_log(caplog):
    caplog.set_level(logging.INFO, logger="blobnet.netdef.upgrade")
    upgrade_net(net(CONV_AND_RELU))
    upgrade_solver(solver('type: "Adam"'))
    assert messages(caplog) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SGD", "SGD"),
        ("NESTEROV", "Nesterov"),
        ("ADAGRAD", "AdaGrad"),
        ("RMSPROP", "RMSProp"),
        ("ADADELTA", "AdaDelta"),
        ("ADAM", "Adam"),
    ],
)
def test_the_update_rule_becomes_a_string(old, new):
    rest = 'base_lr: 0.1 net_param { layer { name: "a" } }'
    upgraded = upgrade_solver(solver(f"solver_type: {old} {rest}"))
    assert upgraded == solver(f'type: "{new}" {rest}')


@pytest.mark.parametrize("text", ["", 'type: "Adam" base_lr: 0.1'])
def test_a_solver_of_today_is_just_copied(text):
    today = solver(text)
    assert upgrade_solver(today) == today
    assert upgrade_solver(today) is not today


def test_two_update_rules_are_refused():
    words = "Failed to upgrade solver: old solver_type field .* cannot be both specified"
    with pytest.raises(SolverError, match=f'{words}.*\n.*\n.*ADAM and type: "SGD"\n.*fix'):
        upgrade_solver(solver('solver_type: ADAM type: "SGD"'))
