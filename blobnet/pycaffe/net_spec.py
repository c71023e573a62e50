"""Nets written in Python. Caffe: python/caffe/net_spec.py.

    from blobnet.pycaffe.net_spec import NetSpec, layers as L, params as P

    n = NetSpec()
    n.data, n.label = L.Data(source="train_lmdb", batch_size=64, backend=P.Data.LMDB, ntop=2)
    n.pool1 = L.Pooling(n.data, pool=P.Pooling.MAX, kernel_size=2, stride=2)
    n.ip1 = L.InnerProduct(n.pool1, num_output=10, weight_filler=dict(type="xavier"))
    n.loss = L.SoftmaxWithLoss(n.ip1, n.label)
    Path("train.prototxt").write_text(str(n.to_proto()))

`L.Type(*bottoms, **settings)` takes the fields of the type's message and those of every layer; it
gives a Top, a tuple of them where ntop says so, or the Function itself for ntop=0. Types and
messages of your own, from `register_layer`, are taken like the others. Tops that are not assigned
to a NetSpec are called by their type and a number: Pooling1.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from blobnet.errors import NetError, did_you_mean, explain, printable, shortened
from blobnet.layer_register import layer_type_list
from blobnet.proto import LayerParameter, NetParameter
from blobnet.proto.full_form import full_form
from blobnet.proto.own_messages import own_fields
from blobnet.pycaffe.spec_fields import assign_proto as assign_proto
from blobnet.pycaffe.spec_fields import assign_to_layer, message_of, param_fields
from blobnet.pycaffe.spec_fields import param_name_dict as param_name_dict

_Names = dict[Any, str]  # of Tops, and of Functions without any
_LayerMap = dict["Function", Any]
_WORDS = 200  # letters of a layer's settings in a repr


class NotATopError(NetError, TypeError):
    """What stands in the place of a Top is none."""


class UnknownTopError(NetError, AttributeError, KeyError):
    """A specification has no top of that name."""


class UnknownNameError(NetError, AttributeError):
    """There is no message or no value of that name in `params`."""


class Top:
    """One output of a layer: the `n`-th of the Function `fn`."""

    def __init__(self, fn: Function, n: int) -> None:
        self.fn = fn
        self.n = n

    def to_proto(self) -> NetParameter:
        """The net of all layers that this top needs."""
        return to_proto(self)

    def _to_proto(self, layers: _LayerMap, names: _Names, autonames: Counter[str]) -> Any:
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

    def _get_name(self, names: _Names, autonames: Counter[str]) -> str:
        """A layer is called like its first top."""
        return self._get_top_name(self.tops[0] if self.ntop > 0 else self, names, autonames)

    def _get_top_name(self, top: Top | Function, names: _Names, autonames: Counter[str]) -> str:
        if top not in names:
            autonames[self.type_name] += 1
            names[top] = f"{self.type_name}{autonames[self.type_name]}"
        return names[top]

    def _to_proto(self, layers: _LayerMap, names: _Names, autonames: Counter[str]) -> None:
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

    def _layer(self, layers: _LayerMap, names: _Names, autonames: Counter[str]) -> Any:
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
        return _call(self, ["..."] if self.inputs else [])


class NetSpec:
    """Tops under names: `n.conv1 = L.Convolution(n.data, ...)`, or `n["conv1"]`.

    tops  all of them by their names, in the order in which they were assigned

    As in SSD there are `keys()`, the names, `vals()`, the tops, and `update(name, settings)`, which
    changes a layer's keywords, unless a top has such a name; `del n["conv1"]` takes a top away.

    `str(n)` is the prototxt; `n` at a prompt shows how it is made.
    """

    tops: OrderedDict[str, Any]

    def __init__(self) -> None:
        super().__setattr__("tops", OrderedDict())

    def __setattr__(self, name: str, value: Any) -> None:
        self.tops[name] = value

    def __getattr__(self, name: str) -> Any:
        tops = self.__dict__.get("tops", {})  # a copy in the making has none yet
        if name in tops:
            return tops[name]
        if name in _OF_SSD:
            return _OF_SSD[name].__get__(self)
        what = f"the specification has no top '{name}'"
        raise UnknownTopError(explain(what, fix=did_you_mean(name, tops)))

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, value)

    def __getitem__(self, item: str) -> Any:
        return self.__getattr__(item)

    def __delitem__(self, name: str) -> None:
        self[name]  # raises an error of ours
        del self.tops[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_OF_SSD, *self.tops]

    def to_proto(self) -> NetParameter:
        """The net of all layers that the assigned tops need, with the assigned names.

        Raises LayerError for settings that a layer cannot have, naming it.
        """
        for name, top in self.tops.items():
            _check_top(f"'{name}' of the specification", top)
        return _net(self.tops.values(), {top: name for name, top in self.tops.items()})

    def __str__(self) -> str:
        return str(self.to_proto())

    def __repr__(self) -> str:
        names = {top: f"n.{name}" for name, top in self.tops.items() if isinstance(top, Top)}
        lines = ["n = NetSpec()"]
        for name, top in self.tops.items():
            lines.append(f"n.{name} = {_making(top, names)}")
        return "\n".join(printable(line) for line in lines)


def _keys(spec: NetSpec) -> list[str]:
    return [*spec.tops]


def _vals(spec: NetSpec) -> list[Any]:
    return [*spec.tops.values()]


def _update(spec: NetSpec, name: str, params: dict[str, Any]) -> None:
    spec[name].fn.params.update(params)


_OF_SSD = {"keys": _keys, "vals": _vals, "update": _update}
"""Found behind the tops, so that a net may have one called so."""


def to_proto(*tops: Top | Function) -> NetParameter:
    """The net of all layers that the given tops need; all names are made."""
    for index, top in enumerate(tops):
        _check_top(f"argument {index} of to_proto", top)
    return _net(tops, {})


def _check_top(who: str, top: object) -> None:
    if not isinstance(top, (Top, Function)):
        fix = "a layer of several tops gives a tuple of them: n.data, n.label = L.Data(..., ntop=2)"
        what = f"{who} is not a Top (type is {type(top)})"
        raise NotATopError(explain(what, fix=fix if isinstance(top, tuple) else None))


def _net(tops: Iterable[Top | Function], names: _Names) -> NetParameter:
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


def _making(top: Any, names: _Names) -> str:
    """How a top is made, in Python."""
    if not isinstance(top, (Top, Function)):
        return shortened(repr(top), _WORDS)
    fn = top.fn if isinstance(top, Top) else top
    call = _call(fn, [names.get(each, repr(each)) for each in fn.inputs])
    return f"{call}[{top.n}]" if isinstance(top, Top) and fn.ntop > 1 else call


def _call(fn: Function, inputs: list[str]) -> str:
    settings = [f"{key}={value!r}" for key, value in fn.params.items()]
    settings += [f"ntop={fn.ntop}"] if fn.ntop != 1 else []
    settings += ["in_place=True"] if fn.in_place else []
    return f"L.{fn.type_name}({shortened(', '.join([*inputs, *settings]), _WORDS)})"


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
