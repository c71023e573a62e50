from __future__ import annotations

import pytest

from blobnet import LayerError
from blobnet.proto import FillerParameter
from blobnet.proto.declared import declared_message
from tests.own_layers import FIELDS

OPTIONAL, REPEATED = 1, 3  # as in descriptor.proto
INT64, FLOAT, BOOL, STRING, MESSAGE, ENUM = 3, 2, 8, 9, 11, 14


def test_defaults_and_types_make_fields_in_their_order():
    message, used = declared_message("MineParameter", FIELDS)
    assert message.name == "MineParameter"
    assert [
        (field.name, field.number, field.label, field.type, field.default_value)
        for field in message.field
    ] == [
        ("alpha", 1, OPTIONAL, FLOAT, "1.0"),
        ("size", 2, OPTIONAL, INT64, "3"),
        ("flag", 3, OPTIONAL, BOOL, "true"),
        ("label", 4, OPTIONAL, STRING, ""),
        ("mode", 5, OPTIONAL, ENUM, ""),
        ("dims", 6, REPEATED, INT64, ""),
        ("weight_filler", 7, OPTIONAL, MESSAGE, ""),
        ("fillers", 8, REPEATED, MESSAGE, ""),
    ]
    assert message.field[6].type_name == ".blobnet.FillerParameter"
    assert used == [FillerParameter.DESCRIPTOR] * 2


def test_a_tuple_of_words_is_an_enum_of_the_message():
    message, _ = declared_message("P", {"pool_mode": ("SUM", "MAX")})
    (enum,) = message.enum_type
    assert enum.name == message.field[0].type_name == "PoolMode"
    assert [(value.name, value.number) for value in enum.value] == [("SUM", 0), ("MAX", 1)]


@pytest.mark.parametrize(
    ("value", "default"),
    [(False, "false"), (-5, "-5"), (1e-5, "1e-05"), (float("inf"), "inf"), ("a b", "a b")],
)
def test_a_default_is_written_as_protobuf_reads_it(value, default):
    message, _ = declared_message("P", {"x": value})
    assert message.field[0].default_value == default


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (None, "None"),
        (b"bytes", "b'bytes'"),
        (bytes, "<class 'bytes'>"),
        ((), r"\(\)"),
        ([], r"\[\]"),
        ([1.0], r"\[1.0\]"),
        ([int, int], r"\[<class 'int'>, <class 'int'>\]"),
        ([[int]], r"\[\[<class 'int'>\]\]"),
        ({"a": 1}, r"\{'a': 1\}"),
        (FillerParameter(), ""),
    ],
)
def test_what_is_no_field_is_refused_with_the_forms_there_are(value, got):
    with pytest.raises(LayerError, match=rf"P, field 'x': no field\n.*a default.*\n.*{got}"):
        declared_message("P", {"x": value})


@pytest.mark.parametrize("name", ["", "1st", "two words", "größe", "a-b", "_x", 7])
def test_a_name_that_no_prototxt_can_have_is_refused(name):
    with pytest.raises(LayerError, match="no name that a prototxt can have"):
        declared_message("P", {name: 1})
    with pytest.raises(LayerError, match="no name that a prototxt can have"):
        declared_message("P", {"mode": ("SUM", name)})


@pytest.mark.parametrize(
    "fields",
    [
        {"mode": ("SUM", "SUM")},
        {"mode": ("SUM", "MAX"), "norm": ("MAX", "MIN")},
        {"SUM": 1, "mode": ("SUM",)},
        {"mode": ("size",), "size": 1},
    ],
)
def test_a_name_twice_in_a_message_is_refused(fields):
    with pytest.raises(LayerError, match=r'the name "\w+" stands twice in P'):
        declared_message("P", fields)


def test_a_default_that_no_field_can_hold_is_refused():
    with pytest.raises(LayerError, match=rf"beyond 64 bits\n.*{2**63}"):
        declared_message("P", {"x": 2**63})
