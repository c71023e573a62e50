"""Declarations that a class does not inherit, for what they tell of is no longer done by its base.

A subclass of ReLU with a `forward_cpu` of its own need not be a rectifier, one of InnerProduct with
a `backward_cpu` of its own may add where its base writes. So a declaration holds down to the class
that overrides the method it tells of; from there on the safe answer of `LayerDeclarations` holds,
until a class says it anew: in its body, or by `self.limits = ...` in a method.
"""

from __future__ import annotations

import dis
from inspect import getattr_static
from types import FunctionType

_FORWARD = ("forward_cpu", "forward")
_BACKWARD = ("backward_cpu", "backward")
_TELLS_OF = {
    "formula": _FORWARD,
    "limits": _FORWARD,
    "lends_memory": _FORWARD,
    "can_be_recorded": _FORWARD,
    "dead_value": _FORWARD + _BACKWARD,
    "works_in_place": _FORWARD + _BACKWARD,
    "gradient_formula": _BACKWARD,
    "backward_reads_bottom": _BACKWARD,
    "backward_reads_top": _BACKWARD,
    "can_overwrite_diffs": _BACKWARD,
    # the inference mode: a layer takes part where it has these methods
    "channel_affine": _FORWARD,
    "leaky_slope": _FORWARD,
    "fuse": _FORWARD,
    "fold": _FORWARD,
}
"""What costs and filters depend on, shapes and weights, is no matter of one of these methods."""


class _SafeAnswer:
    """In the place of a declaration that is not inherited: what its base sets goes unheard."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __get__(self, instance: object, owner: type) -> object:
        return self.answer

    def __set__(self, instance: object, value: object) -> None:
        """A method of the base says it, in `setup` for example."""


def drop_outdated(cls: type, declarations: type) -> None:
    """Give `cls` the safe answers, those of `declarations`, where the inherited ones are outdated.

    A method of the inference mode becomes None, as where a class says that it has none.
    """
    settled: set[str] = set()
    overridden: set[str] = set()  # by classes nearer than the one that is looked at
    for kind in cls.__mro__[: cls.__mro__.index(declarations)]:
        said_in_body, set_by_method = _said_by(kind)
        for name in (said_in_body | set_by_method) - settled:
            settled.add(name)
            safe = getattr(declarations, name, None)
            if overridden.intersection(_TELLS_OF[name]):
                setattr(cls, name, _SafeAnswer(safe) if hasattr(declarations, name) else None)
            elif name in set_by_method and isinstance(getattr_static(cls, name), _SafeAnswer):
                setattr(cls, name, safe)  # an attribute like any other again
        overridden.update(vars(kind))


def _said_by(kind: type) -> tuple[set[str], set[str]]:
    """The declarations in the body of this very class, and those that its methods set."""
    set_by_method: set[str] = set()
    for member in vars(kind).values():
        if isinstance(member, FunctionType) and not _TELLS_OF.keys().isdisjoint(
            member.__code__.co_names
        ):
            steps = dis.get_instructions(member)
            set_by_method.update(step.argval for step in steps if step.opname == "STORE_ATTR")
    return _TELLS_OF.keys() & vars(kind).keys(), _TELLS_OF.keys() & set_by_method
