"""Messages of layer types that are no part of the schema, as fields of LayerParameter.

A generated message takes no further fields, but extensions, in the numbers that it keeps free for
them. In binary files an extension is a field like any other; for text there is `full_form`.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from typing import Any, NamedTuple, cast

from google.protobuf import message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import Message

from blobnet.errors import LayerError, explain
from blobnet.proto import LayerParameter
from blobnet.proto.declared import NAME_IN_WORDS, is_name
from blobnet.proto.message_source import (
    PACKAGE,
    POOL,
    Declaration,
    MessageSource,
    add_files,
    is_in_pool,
    message_source,
    place_in_fork,
)

_MOST = 2**29 - 1  # the largest number that a field may have
_RESERVED = range(19000, 20000)  # numbers that protobuf keeps to itself
OF_FORKS = range(50000, 51000)
"""Numbers in LayerParameter of the fields that only forks of Caffe have."""

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LAYER: Any = LayerParameter.DESCRIPTOR
_MADE_BY_FUNCTION = hasattr(message_factory, "GetMessageClass")  # since protobuf 4.22
_FACTORY: Any = None if _MADE_BY_FUNCTION else message_factory.MessageFactory()


class OwnField(NamedTuple):
    """A field of LayerParameter that a layer type brought along."""

    layer_type: str
    extension: Any  # its FieldDescriptor
    message: type[Message]  # the class; protobuf 4.21 crashes where nobody holds on to it


_fields: dict[str, OwnField] = {}
_sources: dict[str, MessageSource] = {}  # by the fields' names, too


def add_message(
    layer_type: str,
    param: Declaration,
    name: str | None = None,
    number: int | None = None,
    former: OwnField | None = None,
) -> OwnField:
    """Give LayerParameter a field for the message of a layer type.

    name    of the field; None: as in the user's own LayerParameter, else `own_field_name`
    number  of the field; None: as there, else one that follows from the name
    former  what the type had before its class was made anew: returned where it is the same

    Raises LayerError, ProtoError for a .proto file, or MissingExtraError. Then nothing was added.
    """
    if not is_name(layer_type):
        what = f'layer type "{layer_type}" cannot have a message: its name makes no field'
        raise LayerError(explain(what, expected=NAME_IN_WORDS))
    source = message_source(layer_type, param)
    forks_name, forks_number = place_in_fork(source, name)
    name = name or forks_name or own_field_name(layer_type)
    if former is not None:
        _check_is_same(former, source, name, number or forks_number)
        return former
    _check_name(layer_type, name)
    if number is None:
        number = forks_number or _number_for(name)
    _check_number(layer_type, name, number)
    extension = _added(layer_type, source, name, number)
    _fields[name] = OwnField(layer_type, extension, class_of(extension.message_type))
    _sources[name] = source
    return _fields[name]


def own_field_name(layer_type: str) -> str:
    """The type in snake_case and `_param`: inner_product_param, lrn_param, hdf5_data_param."""
    return f"{_WORDS.sub('_', layer_type).lower()}_param"


def _number_for(name: str) -> int:
    """The same in every process, whatever else is registered: weight files hold it."""
    return 2**28 + zlib.crc32(name.encode()) % 2**28


def own_fields() -> list[OwnField]:
    """All that were added."""
    return list(_fields.values())


# --- the field's name and number ------------------------------------------------------------------


def _check_name(layer_type: str, name: str) -> None:
    what = f'layer type "{layer_type}" cannot have a message `{name}`'
    fix = 'choose another name: register_layer(..., param_name="...")'
    if not is_name(name):
        raise LayerError(explain(what, expected=NAME_IN_WORDS, fix=fix))
    field = _LAYER.fields_by_name.get(name)
    if field is not None and field.number not in OF_FORKS:  # a fork's gives way: see full_form
        raise LayerError(explain(what, got="a field that every layer has", fix=fix))
    if name in _fields:
        got = f'the message of layer type "{_fields[name].layer_type}"'
        raise LayerError(explain(what, got=got, fix=fix))
    if is_in_pool(_file_name(name)):
        raise LayerError(
            explain(
                what, got="another message of that name in this process", fix="start Python anew"
            )
        )


def _check_is_same(former: OwnField, source: MessageSource, name: str, number: int | None) -> None:
    """Raise LayerError for another message: protobuf keeps the former as long as the process."""
    extension = former.extension
    known = extension.name, extension.number, _sources[extension.name]
    if known != (name, number or _number_for(extension.name), source):
        what = f'layer type "{former.layer_type}" has another message `{extension.name}` already'
        fix = "start Python anew, where its declaration has changed; or give the type another name"
        raise LayerError(explain(what, fix=fix))


def _check_number(layer_type: str, name: str, number: int) -> None:
    is_number = type(number) is int and 0 < number <= _MOST and number not in _RESERVED
    is_number = is_number and number not in OF_FORKS
    taken = _name_of(number) if is_number else None
    if is_number and taken is None:
        return
    raise LayerError(
        explain(
            f'`{name}` of layer type "{layer_type}" cannot have the number {number}',
            expected=f"one that is free, from 149 to {_MOST}, but for 19000 to 19999 and "
            "50000 to 50999",
            got=taken and f"the number of {taken}",
            fix="choose another: register_layer(..., param_number=...); weight files with the "
            "old number are read without this message",
        )
    )


def _name_of(number: int) -> str | None:
    """The field of LayerParameter that has the number already."""
    if number in _LAYER.fields_by_number:
        return str(_LAYER.fields_by_number[number].name)
    with suppress(KeyError):
        return str(POOL.FindExtensionByNumber(_LAYER, number).name)
    return None


# --- protobuf's side ------------------------------------------------------------------------------


def _file_name(field_name: str) -> str:
    return f"blobnet/user/{field_name}.proto"


def _added(layer_type: str, source: MessageSource, name: str, number: int) -> Any:
    """The FieldDescriptor of a new extension."""
    file = FileDescriptorProto(name=_file_name(name), package=PACKAGE, syntax="proto2")
    file.dependency.extend(dict.fromkeys([_LAYER.file.name, *source.imports]))
    if source.message is not None:
        file.message_type.append(source.message)
    file.extension.append(message_field(name, number, source.full_name))
    file.extension[0].extendee = f".{_LAYER.full_name}"
    try:
        add_files([*source.missing, file])
    except Exception as error:  # each implementation of protobuf has its own
        what = f'the message of layer type "{layer_type}" cannot be made'
        raise LayerError(explain(what, got=error)) from error
    extension = POOL.FindExtensionByName(f"{PACKAGE}.{name}")
    with suppress(AttributeError, NotImplementedError):  # protobuf 4.21 in pure Python has to know
        cast(Any, LayerParameter).RegisterExtension(extension)
    return extension


def message_field(name: str, number: int, full_name: str) -> FieldDescriptorProto:
    """The declaration of a field whose message has that full name."""
    return FieldDescriptorProto(
        name=name,
        number=number,
        type=FieldDescriptorProto.TYPE_MESSAGE,
        type_name=f".{full_name}",
        label=FieldDescriptorProto.LABEL_OPTIONAL,
    )


def class_of(descriptor: Any) -> type[Message]:
    """The class of a message's descriptor: the one that there is, or a new one."""
    if _FACTORY is None:
        return message_factory.GetMessageClass(descriptor)
    return cast("type[Message]", _FACTORY.GetPrototype(descriptor))
