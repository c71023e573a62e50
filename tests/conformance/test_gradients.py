"""Every setting of every layer type against differences, and whether none is left out."""

from __future__ import annotations

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from blobnet.proto import LayerParameter
from blobnet.proto.forks.effects import IGNORED, NOT_YET
from blobnet.serialization.prototxt import parse_layer
from blobnet.testing import check_gradients
from tests.conformance.case import make, prototxt
from tests.conformance.catalogue import CASES, STATED, TYPES, every_gradient_case
from tests.conformance.docstrings import messages_of


@every_gradient_case(only=lambda type_name, case: not case.no_gradient)
def test_gradients(type_name, case):
    check_gradients(make(type_name, case), rtol=case.rtol)


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_has_cases_or_a_reason_for_none(type_name):
    assert type_name in STATED, f"state {type_name} in a file of tests/conformance/cases/"
    stated = STATED[type_name]
    assert sum(map(bool, (stated.cases, stated.prototxt, stated.without_cases))) == 1


def test_all_that_is_stated_is_of_a_type():
    assert set(STATED) <= set(TYPES)


FIRST_VALUES = "says what weights are at first; the suite draws its own"
OF_SOFTMAX_WITH_LOSS = "read by SoftmaxWithLoss alone, which has cases and a test of its own"
NOT_COMPARED = {
    **dict.fromkeys(
        (
            "label_smoothing",
            "class_weight",
            "cutting_point",
            "hard_mining_label",
            "hard_ratio",
            "label_smooth_factor",
            "weight_by_label_freqs",
            "class_weighting",
        ),
        OF_SOFTMAX_WITH_LOSS,
    ),
    **dict.fromkeys(
        ("kernel_depth", "temporal_stride", "temporal_pad", "filter_group"),
        "of clips: refused where there are none; Convolution3D and Pooling3D have their tests",
    ),
    **dict.fromkeys(
        ("kernel_shape", "stride_shape", "pad_shape"),
        "refused but in NdConvolution and NdPooling, which have tests",
    ),
    "engine": "names one of Caffe's implementations; here there is one",
    "filler": FIRST_VALUES,
    "weight_filler": FIRST_VALUES,
    "bias_filler": FIRST_VALUES,
}
"""Fields of any type without a case that compares gradients; a type's own stand with its cases."""

UNREAD = IGNORED | NOT_YET
"""Fields and values of forks that no layer reads, so far."""

FIELDS = [
    (type_name, message, field)
    for type_name in CASES
    for message in messages_of(type_name)
    for field in LayerParameter.DESCRIPTOR.fields_by_name[message].message_type.fields
    if (field.containing_type.name, field.name) not in UNREAD
]


def reason(type_name: str, field: FieldDescriptor) -> str | None:
    """Why no case need compare gradients for this field."""
    return STATED[type_name].not_compared.get(field.name) or NOT_COMPARED.get(field.name)


def compared(type_name: str):
    """The messages of the cases whose gradients are compared; of all, where none has any."""
    cases = [*CASES[type_name], *STATED[type_name].more_gradients]
    cases = [case for case in cases if not case.no_gradient] or cases
    return [parse_layer(prototxt(type_name, case)) for case in cases]


@pytest.mark.parametrize(
    ("type_name", "message", "field"),
    [
        pytest.param(type_name, message, field, id=f"{type_name}-{message}-{field.name}")
        for type_name, message, field in FIELDS
        if not reason(type_name, field)
    ],
)
def test_every_field_is_stated_by_a_case(type_name, message, field):
    params = [param for layer in compared(type_name) for param in _messages(layer, message)]
    stated = [param for param in params if field in [f for f, _ in param.ListFields()]]
    assert stated, f"add a case with {message} {{ {field.name}: ... }}, or the reason for none"
    used = {value for param in params for value in _choices_made(param, field)}
    assert used == _choices(field), f"a case for each value of {field.name}"


def _messages(layer: Message, name: str) -> list[Message]:
    """Those of a field, which may be repeated."""
    value = getattr(layer, name)
    return [value] if isinstance(value, Message) else list(value)


def _choices_made(param: Message, field: FieldDescriptor) -> list[object]:
    """The values of a bool or an enum, once or repeated; of other fields none."""
    value = getattr(param, field.name)
    if not _is_choice(field):
        return []
    return [value] if isinstance(value, int) else list(value)


def _is_choice(field: FieldDescriptor) -> bool:
    return field.type in (FieldDescriptor.TYPE_BOOL, FieldDescriptor.TYPE_ENUM)


def _choices(field: FieldDescriptor) -> set[object]:
    if field.type == FieldDescriptor.TYPE_BOOL:
        return {False, True}
    if not _is_choice(field):
        return set()
    enum = field.enum_type
    owner = enum.full_name.partition(".")[2]
    return {value.number for value in enum.values if (owner, value.name) not in UNREAD}


def test_every_reason_is_about_a_field():
    assert set(NOT_COMPARED) <= {field.name for _, _, field in FIELDS}
    for type_name, stated in STATED.items():
        assert set(stated.not_compared) <= {f.name for name, _, f in FIELDS if name == type_name}
