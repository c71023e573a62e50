"""Fields of forks in a definition: which are ignored, and which cannot be obeyed yet.

Forks add fields to Caffe's messages. Those that a layer or a solver reads are like any other; those
that only steer another machine are named in the log; one that would change numbers and that nothing
reads is an error, for a net that silently lost it would compute something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from google.protobuf.message import Message

from blobnet.errors import LayerError, NetError, SolverError, explain, printable, shortened
from blobnet.loggers import named_logger
from blobnet.proto import NetParameter, SolverParameter
from blobnet.proto.forks import forks_with_field, named
from blobnet.proto.forks.effects import IGNORED, NOT_YET, ROUNDING

_log = named_logger(__name__)
_FIRST = 50000  # the numbers of all that forks added to Caffe's messages begin here
_MOST_TOLD = 10
_FIX = (
    "leave it out only where other results will do; or write the layer as a Python layer, or as a "
    "class: @blobnet.register_layer"
)


_Label = tuple[bool, str]


class _Found(NamedTuple):
    """What only forks have: a field, whose owner is its message, or a value, whose is its enum."""

    owner: str
    name: str
    shown: str  # as it stands in the text

    @property
    def key(self) -> tuple[str, str]:
        return self.owner, self.name

    @property
    def forks(self) -> str:
        return named(forks_with_field(self.owner, self.name))


def settle_net(net_param: NetParameter, is_known: Callable[[str], bool]) -> None:
    """Log, once, which fields have no effect here. Raise for those that are not supported yet.

    net_param  the layers that run
    is_known   whether there are layers of that type; of others, whoever makes them speaks

    Raises NetError for the net's own fields, LayerError for those of layers: all at once.
    """
    ignored: Counter[_Label] = Counter()
    found = list(_of_message(net_param, ("layer", "layers")))
    ignored.update({_label(each): 0 for each in found if each.key in IGNORED})
    refused = [f"{each.shown} ({each.forks})" for each in found if each.key in NOT_YET]
    if refused:
        raise NetError(_refusal("the net has settings", refused))
    for layer in net_param.layer:
        here = list(_of_message(layer, ("blobs",))) if is_known(layer.type) else []
        ignored.update({_label(each) for each in here if each.key in IGNORED})
        refused += [
            f'{layer.type} layer "{printable(layer.name)}": {each.shown} ({each.forks})'
            for each in here
            if each.key in NOT_YET
        ]
    if refused:
        raise LayerError(_refusal("layers have settings", refused))
    _log_ignored(ignored)


def settle_solver(solver_param: SolverParameter) -> None:
    """The same for the settings of a solver, its nets left out. Raises SolverError."""
    nets = ("net_param", "train_net_param", "test_net_param")
    found = list(_of_message(solver_param, nets))
    refused = [f"{each.shown} ({each.forks})" for each in found if each.key in NOT_YET]
    if refused:
        raise SolverError(_refusal("the solver has settings", refused))
    _log_ignored(Counter({_label(each): 0 for each in found if each.key in IGNORED}))


def _of_message(message: Any, skip: tuple[str, ...] = ()) -> Iterator[_Found]:
    """All that only forks have, in a message and in those of Caffe's that it holds."""
    for field, value in message.ListFields():
        if field.name in skip:
            continue
        if field.number >= _FIRST and not field.is_extension:
            if not _is_default(field, value):
                yield _Found(message.DESCRIPTOR.name, field.name, _shown(field, value))
        elif field.message_type is not None:
            for inner in [value] if isinstance(value, Message) else value:
                yield from _of_message(inner)
        elif field.enum_type is not None:
            yield from _of_enum(field, value)


def _of_enum(field: Any, value: Any) -> Iterator[_Found]:
    for number in [value] if isinstance(value, int) else value:
        if number >= _FIRST:
            enum = field.enum_type
            owner = enum.full_name.partition(".")[2]
            name = enum.values_by_number[number].name
            yield _Found(owner, name, f"{field.name}: {name}")


def _is_default(field: Any, value: Any) -> bool:
    """Whether a setting says what holds without it, so that nobody has to obey it."""
    if field.message_type is not None or not isinstance(value, (bool, int, float, str)):
        return False
    return bool(value == field.default_value)


def _shown(field: Any, value: Any) -> str:
    """The field as a text has it; of what is long, the name."""
    if field.enum_type is not None and isinstance(value, int):
        return f"{field.name}: {field.enum_type.values_by_number[value].name}"
    if isinstance(value, bool):
        return f"{field.name}: {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"{field.name}: {value:g}"
    if isinstance(value, str):
        return f'{field.name}: "{shortened(value, 50)}"'
    return str(field.name)


def _label(found: _Found) -> _Label:
    """Whether the fork rounds for it, and how the log names it."""
    name = found.shown if "." in found.owner else found.name
    return found.key in ROUNDING, f"{name} ({found.forks})"


def _refusal(what: str, refused: list[str]) -> str:
    more = len(refused) - _MOST_TOLD
    told = refused[:_MOST_TOLD] + ([f"... and {more} more"] if more > 0 else [])
    if len(refused) == 1:
        return explain(f"{refused[0]} is not supported yet", fix=_FIX)
    return explain(f"{what} that are not supported yet", got="\n".join(told), fix=_FIX)


def _log_ignored(ignored: Counter[_Label]) -> None:
    """A line for all that changes no number, one for the rest; counts are of layers, 0 for none."""
    for rounds, what in (
        (False, "ignored, without effect here"),
        (True, "ignored: numbers stay floats here, where the fork rounds them"),
    ):
        parts = [
            f"{label} in {count} layer{'s' if count > 1 else ''}" if count else label
            for (is_rounding, label), count in ignored.items()
            if is_rounding == rounds
        ]
        if parts:
            _log.info("%s: %s", what, "; ".join(parts))
