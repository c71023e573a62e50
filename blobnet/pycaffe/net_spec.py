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

from collections import OrderedDict
from typing import Any

from blobnet.errors import NetError, did_you_mean, explain, printable, shortened
from blobnet.proto import NetParameter
from blobnet.pycaffe.spec_fields import assign_proto as assign_proto
from blobnet.pycaffe.spec_fields import param_name_dict as param_name_dict
from blobnet.pycaffe.spec_tops import WORDS, Names, call_of, check_top, net_of
from blobnet.pycaffe.spec_tops import Function as Function
from blobnet.pycaffe.spec_tops import NotATopError as NotATopError
from blobnet.pycaffe.spec_tops import Top as Top
from blobnet.pycaffe.spec_tops import to_proto as to_proto
from blobnet.pycaffe.spec_words import Layers as Layers
from blobnet.pycaffe.spec_words import Parameters as Parameters
from blobnet.pycaffe.spec_words import UnknownNameError as UnknownNameError
from blobnet.pycaffe.spec_words import layers as layers
from blobnet.pycaffe.spec_words import params as params


class UnknownTopError(NetError, AttributeError, KeyError):
    """A specification has no top of that name."""


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
            check_top(f"'{name}' of the specification", top)
        return net_of(self.tops.values(), {top: name for name, top in self.tops.items()})

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


def _making(top: Any, names: Names) -> str:
    """How a top is made, in Python."""
    if not isinstance(top, (Top, Function)):
        return shortened(repr(top), WORDS)
    fn = top.fn if isinstance(top, Top) else top
    call = call_of(fn, [names.get(each, repr(each)) for each in fn.inputs])
    return f"{call}[{top.n}]" if isinstance(top, Top) and fn.ntop > 1 else call
