"""The layers of a net that is written in Python, and the message made of them.

Caffe: Top, Function and to_proto in python/caffe/net_spec.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from blobnet.errors import NetError, explain, shortened
from blobnet.proto import LayerParameter, NetParameter
from blobnet.proto.full_form import full_form
from blobnet.proto.own_messages import own_fields
from blobnet.pycaffe.spec_fields import assign_to_layer

Names = dict[Any, str]  # of Tops, and of Functions without any
_LayerMap = dict["Function", Any]
WORDS = 200  # letters of a layer's settings in a repr


class NotATopError(NetError, TypeError):
    """What stands in the place of a Top is none."""


class Top:
    """One output of a layer: the `n`-th of the Function `fn`."""

    def __init__(self, fn: Function, n: int) -> None:
        self.fn = fn
        self.n = n

    def to_proto(self) -> NetParameter:
        """The net of all layers that this top needs."""
        return to_proto(self)

    def _to_proto(self, layers: _LayerMap, names: Names, autonames: Counter[str]) -> Any:
        return self.fn._to_proto(layers, names, autonames)

    def __repr__(self) -> str:
        return f"<Top {self.n} of {self.fn!r}>"


class Function:
    """A layer: its type, its inputs (Tops of others), its settings, and its `tops`.

    Raises NotATopError, a TypeError, for an input that is no Top.
    """

    def __init__(self, type_name: str, inputs: Iterable[Any], params: dict[str, Any]) -> None:
        self.type_name = type_name
        self.inputs = tuple(inputs)
        for index, each in enumerate(self.inputs):
            if not isinstance(each, Top):
                what = f"{type_name} input {index} is not a Top (type is {type(each)})"
                raise NotATopError(explain(what))  # one line: scripts match it
        self.params = params
        self.ntop = params.pop("ntop", 1)
        self.in_place = params.pop("in_place", False)
        self.tops = tuple(Top(self, n) for n in range(self.ntop))

    def _get_name(self, names: Names, autonames: Counter[str]) -> str:
        """A layer is called like its first top."""
        return self._get_top_name(self.tops[0] if self.ntop > 0 else self, names, autonames)

    def _get_top_name(self, top: Top | Function, names: Names, autonames: Counter[str]) -> str:
        if top not in names:
            autonames[self.type_name] += 1
            names[top] = f"{self.type_name}{autonames[self.type_name]}"
        return names[top]

    def _to_proto(self, layers: _LayerMap, names: Names, autonames: Counter[str]) -> None:
        """Put the layer into `layers`, behind all that it needs; a net may be of any depth."""
        waiting = [self]
        while waiting:
            fn = waiting[-1]
            needed = next((top.fn for top in fn.inputs if top.fn not in layers), None)
            if fn not in layers and needed is not None:
                waiting.append(needed)
                continue
            waiting.pop()
            if fn not in layers:
                layers[fn] = fn._layer(layers, names, autonames)

    def _layer(self, layers: _LayerMap, names: Names, autonames: Counter[str]) -> Any:
        layer: Any = full_form(LayerParameter)()
        layer.type = self.type_name
        layer.bottom.extend(layers[top.fn].top[top.n] for top in self.inputs)
        if self.in_place:
            layer.top.extend(layer.bottom)
        else:
            layer.top.extend(self._get_top_name(top, names, autonames) for top in self.tops)
        layer.name = self._get_name(names, autonames)
        who = f"layer '{layer.name}': "
        for key, value in self.params.items():
            assign_to_layer(layer, key, value, who)
        return layer

    def __repr__(self) -> str:
        return call_of(self, ["..."] if self.inputs else [])


def to_proto(*tops: Top | Function) -> NetParameter:
    """The net of all layers that the given tops need; all names are made."""
    for index, top in enumerate(tops):
        check_top(f"argument {index} of to_proto", top)
    return net_of(tops, {})


def check_top(who: str, top: object) -> None:
    """Raise NotATopError unless it is a Top or a Function."""
    if not isinstance(top, (Top, Function)):
        fix = "a layer of several tops gives a tuple of them: n.data, n.label = L.Data(..., ntop=2)"
        what = f"{who} is not a Top (type is {type(top)})"
        raise NotATopError(explain(what, fix=fix if isinstance(top, tuple) else None))


def net_of(tops: Iterable[Top | Function], names: Names) -> NetParameter:
    """The net of all layers that these tops need; a top without a name gets one in `names`."""
    layers: _LayerMap = {}
    autonames: Counter[str] = Counter()
    for top in tops:
        top._to_proto(layers, names, autonames)
    own = [field.extension.name for field in own_fields()]
    if any(layer.HasField(name) for layer in layers.values() for name in own):
        full = full_form(NetParameter)()  # whose text has these fields without brackets
        full.layer.extend(layers.values())
        return full
    net = NetParameter()
    for layer in layers.values():
        net.layer.add().MergeFromString(layer.SerializePartialToString())
    return net


def call_of(fn: Function, inputs: list[str]) -> str:
    """How a layer is made of these inputs, in Python."""
    settings = [f"{key}={value!r}" for key, value in fn.params.items()]
    settings += [f"ntop={fn.ntop}"] if fn.ntop != 1 else []
    settings += ["in_place=True"] if fn.in_place else []
    return f"L.{fn.type_name}({shortened(', '.join([*inputs, *settings]), WORDS)})"
