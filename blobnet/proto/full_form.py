"""Messages whose text has the fields that layer types brought along like any other.

Protobuf's text form has brackets around an extension, and its full name: `[blobnet.user.mine_param]
{ }`. Prototxts say `mine_param { }`. So text is parsed and printed by way of copies of the messages
that hold layers, in which those are fields like the others. Their binary form is the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar, cast

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import Message

from blobnet.proto import LayerParameter, NetParameter, SolverParameter
from blobnet.proto.own_messages import OwnField, class_of, message_field, own_fields

AnyMessage = TypeVar("AnyMessage", bound=Message)

PACKAGE = "blobnet.text"


def full_form(message: type[AnyMessage]) -> type[AnyMessage]:
    """A class of the same fields and all own ones; `message` itself where no type brought any."""
    fields = tuple(own_fields())
    if not fields or message not in (LayerParameter, NetParameter, SolverParameter):
        return message
    return cast("type[AnyMessage]", _full_forms(fields)[message.DESCRIPTOR.name])


def in_full_form(message: Message) -> Message:
    """`message`, or the same in its full form."""
    form = full_form(type(message))
    if form is type(message):
        return message
    copy = form()
    copy.MergeFromString(message.SerializePartialToString())
    return copy


def in_plain_form(message: Message) -> Message:
    """`message`, or of its full form the message itself."""
    for plain in (LayerParameter, NetParameter, SolverParameter):
        if message.DESCRIPTOR.full_name == f"{PACKAGE}.{plain.DESCRIPTOR.name}":
            copy = plain()
            copy.MergeFromString(message.SerializePartialToString())
            return copy
    return message


@lru_cache(maxsize=1)
def _full_forms(fields: tuple[OwnField, ...]) -> dict[str, type[Message]]:
    """By the names of the messages; in a pool of their own, which can be made anew."""
    pool: Any = descriptor_pool.DescriptorPool()
    file = FileDescriptorProto(name="blobnet/text.proto", package=PACKAGE, syntax="proto2")
    schema: Any = LayerParameter.DESCRIPTOR.file
    messages: list[Any] = [field.extension.message_type for field in fields]
    for needed in dict.fromkeys([schema, *(message.file for message in messages)]):
        _copy_file(needed, pool)
        file.dependency.append(needed.name)
    for original in (LayerParameter, NetParameter, SolverParameter):
        _copy_message(original, file)
    layer = file.message_type[0]
    del layer.extension_range[:]
    own = {field.extension.name for field in fields}
    kept = [field for field in layer.field if field.name not in own]  # a fork's field gives way
    del layer.field[:]
    layer.field.extend(kept)
    for field, message in zip(fields, messages, strict=True):
        extension = field.extension
        layer.field.append(message_field(extension.name, extension.number, message.full_name))
    pool.AddSerializedFile(file.SerializeToString())
    names = [message.name for message in file.message_type]
    return {name: class_of(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in names}


def _copy_message(original: type[Message], file: FileDescriptorProto) -> None:
    """Put a message into `file`, where those inside it that are copied, too, are of that file."""
    copy = file.message_type.add()
    cast(Any, original.DESCRIPTOR).CopyToProto(copy)
    for field in copy.field:
        for inner in (LayerParameter, NetParameter):
            if field.type_name == f".{inner.DESCRIPTOR.full_name}":
                field.type_name = f".{PACKAGE}.{inner.DESCRIPTOR.name}"


def _copy_file(file: Any, pool: Any) -> None:
    """Put a file into another pool, behind all that it imports."""
    try:
        pool.FindFileByName(file.name)
    except KeyError:
        for needed in file.dependencies:
            _copy_file(needed, pool)
        pool.AddSerializedFile(file.serialized_pb)
