"""Python values into the fields of messages: what a net specification says of its layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from blobnet.errors import LayerError, did_you_mean, explain, shortened
from blobnet.proto import LayerParameter
from blobnet.proto.full_form import full_form
from blobnet.proto.own_messages import own_fields
from blobnet.pycaffe.proto import caffe_pb2

_WHOLE = (
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
)
_SUFFIX, _MESSAGE = "_param", "Parameter"  # how fields end, and their messages


class UnknownFieldError(LayerError, AttributeError):
    """A layer is given what neither it nor its message has a field for."""


class WrongValueError(LayerError, TypeError, ValueError):
    """A field is given a value that it cannot hold."""


def param_name_dict() -> dict[str, str]:
    """Layer types to their messages' fields without `_param`: `{"InnerProduct": "inner_product"}`.

    As in Caffe it is made of the messages' names, so some keys are no layer types: "Loss". Types
    that brought a message of their own along are there, too.
    """
    return {kind: name.removesuffix(_SUFFIX) for kind, name in param_fields().items()}


def param_fields() -> dict[str, str]:
    """Layer types to the fields of LayerParameter that hold their settings."""
    fields = {
        field.message_type.name.removesuffix(_MESSAGE): field.name
        for field in LayerParameter.DESCRIPTOR.fields
        if field.message_type is not None and field.name.endswith(_SUFFIX)
    }
    return fields | {own.layer_type: own.extension.name for own in own_fields()}


def message_of(name: str) -> Any:
    """The class of the message that a layer type, or what `param_fields` calls so, has."""
    own = next((own.message for own in own_fields() if own.layer_type == name), None)
    return own or caffe_pb2.__dict__.get(f"{name}{_MESSAGE}")


def assign_proto(proto: Message, name: str, val: Any) -> None:
    """Set the field `name` of `proto`: dicts become messages, lists repeated fields.

    A single value for a repeated field is a list of one. Raises UnknownFieldError, which is an
    AttributeError, and WrongValueError, which is a TypeError and a ValueError.
    """
    _assign(proto, name, val, "")


def assign_to_layer(layer: Message, name: str, value: Any, who: str) -> None:
    """Set what a keyword of `L.Type(...)` means: a field of the type's message, else of the layer.

    A name that ends in "param" is the layer's own where it has it, `convolution_param`, `param`;
    pycaffe knows it only then, and here `nms_param` is a field of the type's message, too.
    """
    place: Any = layer
    message = param_fields().get(place.type)
    is_own = name.endswith("param") and name in place.DESCRIPTOR.fields_by_name
    if message is not None and not is_own:
        settings = getattr(layer, message)
        if name in settings.DESCRIPTOR.fields_by_name:
            place = settings
    if place is layer and name not in place.DESCRIPTOR.fields_by_name:
        raise _unknown_keyword(layer, name, who)
    _assign(place, name, value, who)


def _assign(proto: Any, name: str, value: Any, who: str) -> None:
    field = proto.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise _unknown_field(proto, name, who)
    place = getattr(proto, name)
    is_repeated = hasattr(place, "extend")
    values = list(_values(value)) if is_repeated else [_plain(value)]
    if field.message_type is not None:
        for each in values:
            _fill(place.add() if is_repeated else place, each, name, who)
        return
    if field.cpp_type in _WHOLE:
        values = [_whole(each) for each in values]
    try:
        if is_repeated:
            place.extend(values)
        else:
            setattr(proto, name, values[0])
    except (TypeError, ValueError) as error:
        raise _wrong_value(proto, name, value, who, error) from error


def _values(value: Any) -> Iterator[Any]:
    """What a repeated field gets: the items of a list, or the one value."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    items = value if isinstance(value, (list, tuple)) else [value]
    return map(_plain, items)


def _plain(value: Any) -> Any:
    """A number of numpy's as Python's own, which every protobuf takes."""
    return value.item() if isinstance(value, np.generic) else value


def _whole(value: Any) -> Any:
    """The int that a float stands for: scripts of Python 2 write 3 / 1 for pads."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fill(message: Any, value: Any, name: str, who: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _assign(message, key, inner, who)
    elif isinstance(value, type(message)):
        message.MergeFrom(value)
    else:
        raise WrongValueError(
            explain(
                f"{who}{name} is no single value, but a {message.DESCRIPTOR.name}",
                expected=f"a dict of its fields: {_some(message)}",
                got=shortened(repr(value), 200),
            )
        )


# --- errors ---------------------------------------------------------------------------------------


def _unknown_field(proto: Any, name: object, who: str) -> UnknownFieldError:
    known = _names(proto)
    return UnknownFieldError(
        explain(
            f"{who}{proto.DESCRIPTOR.name} has no field '{name}'",
            expected=f"one of its fields: {_some(proto)}",
            fix=did_you_mean(str(name), known),
        )
    )


def _unknown_keyword(layer: Any, name: str, who: str) -> UnknownFieldError:
    message = param_fields().get(layer.type)
    settings = getattr(layer, message) if message is not None else None
    inner = _names(settings) if settings is not None else []
    hint = did_you_mean(name, [*inner, *_names(layer)]) or _in_a_message(name)
    own = "a message of your own is declared by register_layer(..., param=...)"
    if hint and name.endswith(_SUFFIX):
        hint = f"{hint} If not: {own}"
    return UnknownFieldError(
        explain(
            f"{who}a layer of type {layer.type} has no field '{name}'",
            expected=f"a field of its {message}: {_some(settings)}" if inner else None,
            fix=hint or own,
        )
    )


def _in_a_message(name: str) -> str | None:
    """Where a type has no message of its own: `L.Deconvolution(x, convolution_param=dict(...))`."""
    fields = full_form(LayerParameter).DESCRIPTOR.fields
    found = [
        field.name
        for field in fields
        if field.message_type is not None and name in field.message_type.fields_by_name
    ]
    words = " or ".join(f"{message}=dict({name}=...)" for message in found[:3])
    return f"write it inside of its message: {words}" if found else None


def _wrong_value(
    proto: Any, name: str, value: object, who: str, error: Exception
) -> WrongValueError:
    enum = proto.DESCRIPTOR.fields_by_name[name].enum_type
    expected = " or ".join(each.name for each in enum.values) if enum is not None else None
    what = f"{who}{proto.DESCRIPTOR.name} cannot hold this {name}"
    got = f"{shortened(repr(value), 200)}: {error}"
    return WrongValueError(explain(what, expected=expected, got=got))


def _some(message: Any) -> str:
    return shortened(", ".join(_names(message)), 300)


def _names(message: Any) -> list[str]:
    """The names of its fields; in protobuf 4.21 a map of them, iterated over, gives the fields."""
    return [field.name for field in message.DESCRIPTOR.fields]
