"""Which layers stay: rules on phase, level and stages, alone and together."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from blobnet.errors import NetError
from blobnet.netdef import filter_net
from blobnet.netdef.state_filter import state_meets_rule
from blobnet.proto import NetParameter, NetState, NetStateRule

LENET = """
    name: "LeNet"
    layer { name: "train_data" type: "Data" top: "data" top: "label" include { phase: TRAIN } }
    layer { name: "test_data" type: "Data" top: "data" top: "label" include { phase: TEST } }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" }
    layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy"
            include { phase: TEST } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""


def net(text: str) -> NetParameter:
    return text_format.Parse(text, NetParameter())


def kept(text: str, state: str = "") -> list[str]:
    return [layer.name for layer in filter_net(net(f"{text} state {{ {state} }}")).layer]


def is_kept(rules: str, state: str = "") -> bool:
    return kept(f'layer {{ name: "x" {rules} }}', state) == ["x"]


def test_a_net_without_rules_stays_whole():
    plain = net('name: "n" layer { name: "a" } layer { name: "b" } state { phase: TRAIN }')
    assert filter_net(plain) == plain


def test_each_phase_has_its_layers():
    assert kept(LENET, "phase: TRAIN") == ["train_data", "ip", "loss"]
    assert kept(LENET, "phase: TEST") == ["test_data", "ip", "accuracy", "loss"]


def test_a_state_without_a_phase_is_in_test():
    assert not net(LENET).HasField("state")
    assert filter_net(net(LENET)).layer[0].name == "test_data"
    assert kept(LENET, "level: 1") == kept(LENET, "phase: TEST")


def test_the_kept_layers_and_the_net_keep_all_that_they_hold():
    before = net(LENET)
    filtered = filter_net(before)
    assert filtered.name == "LeNet"
    assert list(filtered.layer) == [before.layer[i] for i in (1, 2, 3, 4)]
    assert before == net(LENET), "the argument was changed"


def test_what_was_filtered_stays_as_it_is():
    filtered = filter_net(net(LENET))
    assert filter_net(filtered) == filtered


@pytest.mark.parametrize(
    ("rule", "state", "is_met"),
    [
        ("", "", True),
        ("", 'phase: TRAIN level: 3 stage: "s"', True),
        ("phase: TRAIN", "phase: TRAIN", True),
        ("phase: TRAIN", "phase: TEST", False),
        ("phase: TRAIN", "", False),
        ("phase: TEST", "", True),
        ("min_level: 2", "level: 1", False),
        ("min_level: 2", "level: 2", True),
        ("min_level: 2", "level: 3", True),
        ("min_level: 1", "", False),
        ("min_level: 0", "", True),
        ("min_level: -1", "level: -2", False),
        ("max_level: 2", "level: 1", True),
        ("max_level: 2", "level: 2", True),
        ("max_level: 2", "level: 3", False),
        ("max_level: -1", "", False),
        ("min_level: 1 max_level: 3", "level: 2", True),
        ("min_level: 1 max_level: 3", "level: 4", False),
        ('stage: "a"', "", False),
        ('stage: "a"', 'stage: "b"', False),
        ('stage: "a"', 'stage: "b" stage: "a"', True),
        ('stage: "a" stage: "b"', 'stage: "a"', False),
        ('stage: "a" stage: "b"', 'stage: "b" stage: "c" stage: "a"', True),
        ('not_stage: "a"', "", True),
        ('not_stage: "a"', 'stage: "a"', False),
        ('not_stage: "a"', 'stage: "b" stage: "a"', False),
        ('not_stage: "a" not_stage: "b"', 'stage: "b"', False),
        ('stage: "a" not_stage: "b"', 'stage: "a"', True),
        ('stage: "a" not_stage: "b"', 'stage: "a" stage: "b"', False),
        ('stage: "a" not_stage: "a"', 'stage: "a"', False),
        ('phase: TRAIN min_level: 1 stage: "a"', 'phase: TRAIN level: 1 stage: "a"', True),
        ('phase: TRAIN min_level: 1 stage: "a"', 'phase: TEST level: 1 stage: "a"', False),
        ('phase: TRAIN min_level: 1 stage: "a"', 'phase: TRAIN level: 0 stage: "a"', False),
        ('phase: TRAIN min_level: 1 stage: "a"', 'phase: TRAIN level: 1 stage: "b"', False),
    ],
)
def test_a_rule_and_a_state(rule, state, is_met):
    parsed_rule = text_format.Parse(rule, NetStateRule())
    assert state_meets_rule(text_format.Parse(state, NetState()), parsed_rule) is is_met
    assert is_kept(f"include {{ {rule} }}", state) is is_met
    assert is_kept(f"exclude {{ {rule} }}", state) is not is_met


@pytest.mark.parametrize(
    ("state", "is_met"),
    [("level: 1", True), ('level: 9 stage: "a"', True), ("level: 9", False)],
)
def test_one_rule_of_several_is_enough(state, is_met):
    rules = ["{ max_level: 1 }", '{ stage: "a" }']
    assert is_kept(" ".join(f"include {rule}" for rule in rules), state) is is_met
    assert is_kept(" ".join(f"exclude {rule}" for rule in rules), state) is not is_met


def test_levels_grow_a_net():
    layers = " ".join(
        f'layer {{ name: "{name}" include {{ min_level: {level} }} }}'
        for name, level in [("small", 0), ("medium", 1), ("large", 2)]
    )
    assert kept(layers) == ["small"]
    assert kept(layers, "level: 1") == ["small", "medium"]
    assert kept(layers, "level: 2") == ["small", "medium", "large"]
    assert kept(layers, "level: -1") == []


def test_stages_choose_between_heads():
    layers = """
        layer { name: "body" }
        layer { name: "deploy" include { stage: "deploy" } }
        layer { name: "loss" exclude { stage: "deploy" } }
        layer { name: "check" include { stage: "val" phase: TEST } include { stage: "debug" } }
    """
    assert kept(layers, 'stage: "deploy"') == ["body", "deploy"]
    assert kept(layers, 'phase: TRAIN stage: "val"') == ["body", "loss"]
    assert kept(layers, 'phase: TEST stage: "val"') == ["body", "loss", "check"]
    assert kept(layers, 'phase: TRAIN stage: "debug"') == ["body", "loss", "check"]


def test_include_and_exclude_in_one_layer_are_refused():
    both = "include { phase: TRAIN } exclude { phase: TEST }"
    with pytest.raises(
        NetError, match=r"either include rules or exclude rules; not both\.\n.*'x'\n.*fix"
    ):
        is_kept(both, "phase: TRAIN")
