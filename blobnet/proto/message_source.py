"""Where the message of a layer type comes from: a dict, a class that protoc made, a .proto file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from google.protobuf import descriptor_pool
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto
from google.protobuf.message import Message

from blobnet.errors import LayerError, explain, shortened
from blobnet.input_files import shown
from blobnet.proto import LayerParameter
from blobnet.proto.compiled import compiled_files
from blobnet.proto.declared import declared_message

Declaration = Mapping[str, object] | type[Message] | str | PathLike[str]
"""The fields, the class of a message, or the path of a .proto file: see `register_layer`."""

PACKAGE = "blobnet.user"
"""Where the names of own messages are: not among those of the schema."""

POOL: Any = descriptor_pool.Default()

_added: dict[str, FileDescriptorProto] = {}  # by their names: files that are not from Python code
_FIX = "give the class that protoc makes of the message: param=my_pb2.MyParameter"


@dataclass(frozen=True)
class MessageSource:
    """A message, and the files that it needs."""

    full_name: str
    imports: list[str]
    message: DescriptorProto | None = None  # where it is declared in Python
    file: FileDescriptorProto | None = None  # in which it stands, where it is not
    missing: list[FileDescriptorProto] = field(default_factory=list)  # not in the pool yet


def message_source(layer_type: str, param: Declaration) -> MessageSource:
    """What `param` declares. Nothing is added to the pool; see `add_message` for what is raised."""
    name = f"{layer_type}Parameter"
    if isinstance(param, Mapping):
        message, used = declared_message(name, param)
        for descriptor in used:
            _check_pool(name, descriptor)
        imports = [descriptor.file.name for descriptor in used]
        return MessageSource(f"{PACKAGE}.{name}", imports, message)
    if isinstance(param, type) and issubclass(param, Message):
        return _made_by_protoc(name, param.DESCRIPTOR)
    if isinstance(param, (str, PathLike)):
        return _from_file(name, param)
    raise LayerError(
        explain(
            f'layer type "{layer_type}": `param` is no message',
            expected="a dict of fields, the class of a message or the path of a .proto file",
            got=shortened(repr(param), 200),
        )
    )


def _made_by_protoc(name: str, descriptor: Any) -> MessageSource:
    _check_pool(name, descriptor)
    file = FileDescriptorProto()
    descriptor.file.CopyToProto(file)
    return MessageSource(descriptor.full_name, [file.name], file=file)


def _from_file(name: str, path: str | PathLike[str]) -> MessageSource:
    files = compiled_files(path)
    file = files[-1]  # behind those that it imports
    known = [message.name for message in file.message_type]
    if name not in known:
        got = ", ".join(known) or "no message at all"
        raise LayerError(explain(f"{shown(path)}: no message {name}", got=got, fix=_FIX))
    missing = [each for each in files if not _is_loaded(each)]
    full_name = f"{file.package}.{name}".lstrip(".")
    return MessageSource(full_name, [file.name], file=file, missing=missing)


def _is_loaded(file: FileDescriptorProto) -> bool:
    """Whether the pool has this very file. Raises LayerError where it has another of its name."""
    if not is_in_pool(file.name):
        return False
    if file.name.startswith("google/protobuf/") or _added.get(file.name) == file:
        return True
    raise LayerError(explain(f'another "{file.name}" is loaded in this process', fix=_FIX))


def _check_pool(who: str, descriptor: Any) -> None:
    """Raise LayerError for a message that another pool made: none of ours can hold it."""
    with suppress(KeyError):
        if POOL.FindMessageTypeByName(descriptor.full_name) is descriptor:
            return
    what = f"{who}: {descriptor.full_name} is not in protobuf's default pool"
    raise LayerError(explain(what, fix=_FIX))


def place_in_fork(source: MessageSource, name: str | None) -> tuple[str | None, int | None]:
    """Name and number of the field that the user's own LayerParameter, as of a fork, has for it.

    None where there is none, or none of the given name.
    """
    if source.file is not None and source.file.name != LayerParameter.DESCRIPTOR.file.name:
        for message in source.file.message_type:
            for each in message.field if message.name == "LayerParameter" else ():
                if each.type_name == f".{source.full_name}" and name in (None, each.name):
                    return each.name, each.number
    return None, None


def is_in_pool(file_name: str) -> bool:
    """Whether protobuf's default pool has a file of that name."""
    with suppress(KeyError):
        POOL.FindFileByName(file_name)
        return True
    return False


def add_files(files: Iterable[FileDescriptorProto]) -> None:
    """Put files into the pool, each behind those that it imports."""
    for file in files:
        POOL.AddSerializedFile(file.SerializeToString())
        _added[file.name] = file
