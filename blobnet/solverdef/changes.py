"""Settings of a solver that are given beside its file: `base_lr=0.001`, as `--set` takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor

from blobnet.errors import SolverError, explain, nearest_or_all
from blobnet.proto import SolverParameter
from blobnet.proto.full_form import full_form


def change_settings(param: SolverParameter, changes: Iterable[str]) -> None:
    """Set fields of a solver in place, each as `name=value`.

    A list is replaced as a whole, by values with commas between them (`stepvalue=1000,2000`); a
    field of a message has its name behind a dot (`train_state.level=1`). Strings need no quotation
    marks.

    Raises SolverError for a name that there is not and a value that does not fit.
    """
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise _error(change, expected="NAME=VALUE, as base_lr=0.001")
        _set(param, name.strip(), value.strip(), change)


def _set(param: SolverParameter, name: str, value: str, change: str) -> None:
    *outer, last = name.split(".")
    message: Any = param
    for part in outer:
        field = _field(message, part, change)
        if field.message_type is None:
            raise _error(change, expected=f"{_kind(field)} for {part}, which has no fields")
        message = getattr(message, part)
    field = _field(message, last, change)
    if field.message_type is not None:
        raise _error(change, expected=f"a field of it, {name}.{field.message_type.fields[0].name}")
    is_list = hasattr(getattr(message, last), "extend")
    values = value.split(",") if is_list else [value]
    text = " ".join(f"{last}: {_written(field, each.strip())}" for each in values if each.strip())
    parsed = full_form(type(message))()
    try:
        text_format.Parse(text, parsed)
    except text_format.ParseError as error:
        raise _error(change, expected=_kind(field), got=f"'{value}'") from error
    if any(told.name != last for told, _ in parsed.ListFields()):  # a value with more behind it
        raise _error(change, expected=_kind(field), got=f"'{value}'")
    message.ClearField(last)
    message.MergeFromString(parsed.SerializePartialToString())


def _field(message: Any, name: str, change: str) -> Any:
    fields = {field.name: field for field in message.DESCRIPTOR.fields}
    if name not in fields:
        raise _error(
            change,
            got=f"no field '{name}' in {message.DESCRIPTOR.name}",
            fix=nearest_or_all(name, fields),
        )
    return fields[name]


def _written(field: Any, value: str) -> str:
    """The value as a prototxt has it; text is put into quotation marks."""
    if field.cpp_type != FieldDescriptor.CPPTYPE_STRING or value[:1] in ("'", '"'):
        return value
    return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'


def _kind(field: Any) -> str:
    """What a field takes, in words."""
    if field.enum_type is not None:
        return f"one of {', '.join(each.name for each in field.enum_type.values)}"
    whole = field.cpp_type in (
        *(
            FieldDescriptor.CPPTYPE_INT32,
            FieldDescriptor.CPPTYPE_INT64,
            FieldDescriptor.CPPTYPE_UINT32,
            FieldDescriptor.CPPTYPE_UINT64,
        ),
    )
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return "true or false"
    return "a whole number" if whole else "a number"


def _error(
    change: str, *, expected: str | None = None, got: str | None = None, fix: str | None = None
) -> SolverError:
    what = f"'{change}' cannot be set in the solver"
    return SolverError(explain(what, expected=expected, got=got, fix=fix))
