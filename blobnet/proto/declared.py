"""Messages that are declared in Python: the fields by name, each by its default or its type.

    {"alpha": 1.0, "size": int, "mode": ("SUM", "MAX"), "dims": [int], "filler": FillerParameter}

See `register_layer` for what each form means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto
from google.protobuf.message import Message

from blobnet.errors import LayerError, explain, shortened

_SCALARS: dict[type, FieldDescriptorProto.Type.ValueType] = {
    bool: FieldDescriptorProto.TYPE_BOOL,
    int: FieldDescriptorProto.TYPE_INT64,
    float: FieldDescriptorProto.TYPE_FLOAT,
    str: FieldDescriptorProto.TYPE_STRING,
}
_INT64 = range(-(2**63), 2**63)
NAME_IN_WORDS = 'letters, digits and "_", a letter first'
_FORMS = (
    "a default (1.0, 3, True, 'a'), a type (float, int, bool, str), a tuple of words "
    '("SUM", "MAX"), a message (FillerParameter), or a list of one type: [int]'
)


def is_name(word: object) -> bool:
    """Whether a field, a message or a word can be called so."""
    return isinstance(word, str) and re.fullmatch(r"[A-Za-z]\w*", word, re.ASCII) is not None


def declared_message(name: str, fields: Mapping[str, object]) -> tuple[DescriptorProto, list[Any]]:
    """The message, and the descriptors of the messages that its fields are of.

    Raises LayerError for what is no field.
    """
    message = DescriptorProto(name=name)
    used: list[Any] = []
    for number, (field_name, value) in enumerate(fields.items(), start=1):
        who = f"{name}, field {shortened(repr(field_name), 200)}"
        _check_word(message, field_name, who)
        field = message.field.add(name=field_name, number=number)
        field.label = FieldDescriptorProto.LABEL_OPTIONAL
        if isinstance(value, list):
            field.label = FieldDescriptorProto.LABEL_REPEATED
            value = _type_of_items(value, who)
        if isinstance(value, tuple):
            _declare_enum(message, field, value, who)
        elif isinstance(value, type) and issubclass(value, Message):
            field.type = FieldDescriptorProto.TYPE_MESSAGE
            field.type_name = f".{value.DESCRIPTOR.full_name}"
            used.append(value.DESCRIPTOR)
        else:
            _declare_scalar(field, value, who)
    return message, used


def _type_of_items(value: list[object], who: str) -> object:
    if len(value) != 1 or not isinstance(value[0], (type, tuple)):
        raise _no_field(who, value)
    return value[0]


def _declare_scalar(field: FieldDescriptorProto, value: object, who: str) -> None:
    kind = value if isinstance(value, type) else type(value)
    if kind not in _SCALARS:
        raise _no_field(who, value)
    field.type = _SCALARS[kind]
    if isinstance(value, type):
        return
    if isinstance(value, int) and value not in _INT64:
        raise LayerError(explain(f"{who}: a default beyond 64 bits", got=value))
    field.default_value = str(value).lower() if isinstance(value, bool) else str(value)


def _declare_enum(
    message: DescriptorProto, field: FieldDescriptorProto, words: tuple[object, ...], who: str
) -> None:
    """An enum inside `message`, whose first word is the default."""
    if not words:
        raise _no_field(who, words)
    enum = message.enum_type.add()
    for number, word in enumerate(words):
        _check_word(message, word, who)
        enum.value.add(name=str(word), number=number)
    enum.name = field.name.title().replace("_", "")
    field.type = FieldDescriptorProto.TYPE_ENUM
    field.type_name = enum.name


def _check_word(message: DescriptorProto, word: object, who: str) -> None:
    """Raise LayerError where protobuf cannot take `word` as a further name in `message`."""
    if not is_name(word):
        what = f"{who}: no name that a prototxt can have"
        raise LayerError(explain(what, expected=NAME_IN_WORDS, got=shortened(repr(word), 200)))
    taken = {field.name for field in message.field}
    taken.update(value.name for enum in message.enum_type for value in enum.value)
    if word in taken:
        raise LayerError(
            explain(
                f'{who}: the name "{word}" stands twice in {message.name}',
                expected="names of fields, and words of all its tuples, that differ",
            )
        )


def _no_field(who: str, value: object) -> LayerError:
    return LayerError(explain(f"{who}: no field", expected=_FORMS, got=shortened(repr(value), 200)))
