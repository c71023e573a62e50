"""What nets written in Python are made of: the types of layers, the values of enums.

Caffe: Layers and Parameters in python/caffe/net_spec.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blobnet.errors import NetError, did_you_mean, explain
from blobnet.layer_register import layer_type_list
from blobnet.proto import LayerParameter
from blobnet.proto.full_form import full_form
from blobnet.pycaffe.spec_fields import message_of, param_fields
from blobnet.pycaffe.spec_tops import Function, Top


class UnknownNameError(NetError, AttributeError):
    """There is no message or no value of that name in `params`."""


class Layers:
    """Functions that make layers, by the names of types: any type, also of a fork."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):  # what copy, inspect and others ask of every object
            raise AttributeError(f"no layer type is called {name}", name=name)

        def layer_fn(*args: Top, **kwargs: Any) -> Any:
            fn = Function(name, args, kwargs)
            if fn.ntop == 0:
                return fn
            return fn.tops[0] if fn.ntop == 1 else fn.tops

        layer_fn.__name__ = layer_fn.__qualname__ = name
        layer_fn.__doc__ = _help(name)
        return layer_fn

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *layer_type_list()]


def _help(type_name: str) -> str:
    """What `help(L.Convolution)` says."""
    text = f"A layer of type {type_name}: bottoms first, then its settings by name."
    field = param_fields().get(type_name)
    if field is not None:
        form: Any = full_form(LayerParameter)
        known = form.DESCRIPTOR.fields_by_name[field].message_type.fields
        text += f"\n\nOf its {field}: {', '.join(each.name for each in known)}."
    return f"{text}\n\nOf every layer: name, ntop, in_place, param, loss_weight, include, ..."


class Parameters:
    """The values of enums, by the names of messages: `P.Pooling.MAX`."""

    def __getattr__(self, name: str) -> Any:
        message = message_of(name)
        if message is None:
            what = f"there is no message of parameters for '{name}'"
            raise UnknownNameError(explain(what, fix=did_you_mean(name, param_fields())))
        return _Values(message)


class _Values:
    def __init__(self, message: Any) -> None:
        self._message = message

    def __getattr__(self, value: str) -> Any:
        try:
            return getattr(self._message, value)
        except AttributeError as error:
            what = f"{self._message.DESCRIPTOR.name} has no value '{value}'"
            hint = did_you_mean(value, self._words())
            raise UnknownNameError(explain(what, fix=hint)) from error

    def _words(self) -> list[str]:
        enums = self._message.DESCRIPTOR.enum_types
        return [value.name for enum in enums for value in enum.values]

    def __dir__(self) -> list[str]:
        return self._words()


layers = Layers()
params = Parameters()
