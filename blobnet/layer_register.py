"""The register of layer types: which class a prototxt's `type` means.

Caffe: layer_factory.hpp, layer_factory.cpp.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import LayerError, did_you_mean, explain, printable, shortened
from blobnet.layer import Layer
from blobnet.loggers import named_logger
from blobnet.proto import TRAIN, LayerParameter
from blobnet.proto.forks import forks_with_type
from blobnet.proto.message_source import Declaration
from blobnet.proto.own_messages import add_message

_log = named_logger("blobnet.layers")

LayerClass = TypeVar("LayerClass", bound=type[Layer])

_LAYER_TYPES: dict[str, type[Layer]] = {}
_ALIASES: dict[str, str] = {}

_CATALOGUE = "blobnet.layers"
"""The layers that blobnet brings along; they register themselves when they are imported."""


def register_layer(
    name: str,
    *aliases: str,
    param: Declaration | None = None,
    param_name: str | None = None,
    param_number: int | None = None,
) -> Callable[[LayerClass], LayerClass]:
    """Make a Layer subclass known under the `type` that prototxts use.

    name, aliases  what prototxts may write as `type`
    param          the settings of the type, a message of its own: `mine_param { alpha: 2 }` for
                   "Mine". The layer reads it as `self.own_param`, defaults included
    param_name     the message's name in prototxts; None: the type in snake_case and `_param`
    param_number   its field number in LayerParameter, which a fork's weight files need; None: one
                   that follows from its name

    `param` is one of these:

    a dict      the fields of the message, in the order of their numbers, each declared by
                    1.0, 3, True, "a"      a default, which tells the type
                    float, int, bool, str  a type; 0, false or "" where it is not written
                    ("SUM", "MAX")         words, the first of them the default; the value is a
                                           number, to be compared with `self.own_param.MAX`
                    FillerParameter        a message, of `blobnet.proto` or of your own
                    [int]                  a list of one type: any number of values
                a new field at the end leaves binary files readable
    a class     of a message, in a module that protoc wrote: `mine_pb2.MineParameter`
    a path      of a .proto file with a message `MineParameter`; needs the extra `proto`

    Where the .proto file has a LayerParameter with a field of that message, as a fork's caffe.proto
    has, name and number are those of that field. A subclass that is registered without `param`
    reads the message of its base.

    Register a type before definitions and weights with its message are read. Protobuf's own text of
    a net, `str(net.to_proto())`, has `[blobnet.user.mine_param] { }`: that is read as well.

    A class that is made anew, as by a cell of a notebook that runs again, takes the place of the
    former one of its module and name; in `__main__`, as all cells are, under another name, too,
    with a warning. Its message has to stay the same: protobuf forgets none.

    Raises LayerError where a name or a number is taken, and for what is no message; ProtoError for
    a .proto file that cannot be compiled; MissingExtraError without a compiler. Then nothing is
    registered.
    """

    if not isinstance(name, str) or not name:
        what = "a layer type needs a name, which prototxts write as its `type`"
        fix = '@blobnet.register_layer("Mine") above the class'
        raise LayerError(explain(what, got=shortened(repr(name), 200), fix=fix))

    def register(cls: LayerClass) -> LayerClass:
        _check_is_layer(name, cls)
        if not cls.__module__.startswith(f"{_CATALOGUE}."):
            _load_catalogue()
        _check_names([name, *aliases], cls)
        former = _LAYER_TYPES.get(name)
        if param is not None:
            _check_has_no_message(cls)
            own_field = vars(former or cls).get("own_field_")
            cls.own_field_ = add_message(name, param, param_name, param_number, own_field)
        elif (param_name, param_number) != (None, None):
            what = f'layer type "{name}" is given a name or a number for its message'
            raise LayerError(explain(what, fix='declare it, too: param={"alpha": 1.0}'))
        if former is not None and former.__qualname__ != cls.__qualname__:
            names = (former.__qualname__, cls.__qualname__)
            _log.warning('layer type "%s" was class %s until now, it is %s', name, *names)
        _LAYER_TYPES[name] = cls
        _ALIASES.pop(name, None)  # which a former class had
        _ALIASES.update(dict.fromkeys(aliases, name))
        return cls

    return register


def _check_is_layer(name: str, cls: object) -> None:
    if not (isinstance(cls, type) and issubclass(cls, Layer)):
        raise LayerError(
            explain(
                f'layer type "{name}" is no class of a layer',
                expected="a subclass of blobnet.Layer",
                got=shortened(repr(cls), 200),
                fix='a class for pycaffe needs no name of its own: type: "Python" in the prototxt',
            )
        )


def _check_names(names: Sequence[str], cls: type[Layer]) -> None:
    for taken in names:
        known = _LAYER_TYPES.get(_ALIASES.get(taken, taken))
        if known is not None and not _is_made_anew(known, cls):
            raise LayerError(
                explain(
                    f'layer type "{taken}" is registered twice',
                    got=f"{cls.__module__}.{cls.__qualname__}",
                    fix="choose another name",
                )
            )


def _is_made_anew(known: type[Layer], cls: type[Layer]) -> bool:
    """Whether the same lines of a module made both: a cell that runs again, a reload.

    Or a cell in which the class has got another name.
    """
    is_cell = cls.__module__ == "__main__" or known.__qualname__ == cls.__qualname__
    is_own = known is not cls and "<locals>" not in cls.__qualname__
    return is_own and is_cell and known.__module__ == cls.__module__


def _check_has_no_message(cls: type[Layer]) -> None:
    if "own_field_" in vars(cls):  # one that a base has is another's
        what = f"{cls.__module__}.{cls.__qualname__} is registered with a message already"
        fix = "other names for the same layer are aliases: register_layer(name, alias)"
        raise LayerError(explain(what, fix=fix))


class LayerType(str):
    """The name of a layer type; `forks` names those of Caffe's forks that have it.

    There are none for Caffe's own types, nor for yours.
    """

    forks: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str) -> LayerType:
        self = cls(name)
        if _LAYER_TYPES[name].__module__.startswith(f"{_CATALOGUE}."):
            self.forks = tuple(fork.name for fork in forks_with_type(name))
        return self


def layer_type_list() -> list[LayerType]:
    """The names of all registered layer types, in alphabetical order; each tells its `forks`."""
    _load_catalogue()
    return [LayerType.of(name) for name in sorted(_LAYER_TYPES)]


def is_layer_type(type_name: str) -> bool:
    """Whether a class is registered under `type_name`, or under a name that it has besides."""
    _load_catalogue()
    return type_name in _LAYER_TYPES or type_name in _ALIASES


def layer_class(type_name: str) -> type[Layer]:
    """The class registered under `type_name`. Raises LayerError, suggesting near names."""
    _load_catalogue()
    name = _ALIASES.get(type_name, type_name)
    if name not in _LAYER_TYPES:
        raise LayerError(_unknown(type_name))
    return _LAYER_TYPES[name]


def _unknown(type_name: str) -> str:
    """What is said of a type that no class is registered for, with the forks that have it."""
    register = f'register a class: @blobnet.register_layer("{type_name}")'
    imported = "a command imports its module with --import"
    if forks := forks_with_type(type_name):
        return explain(
            f'unknown layer type "{type_name}"',
            expected="a type that blobnet has: blobnet.layer_type_list()",
            got="a type of " + ", ".join(f"{fork.name} ({fork.home})" for fork in forks[:3]),
            fix=f'write it as a Python layer, type: "Python"; or {register}, and {imported}',
        )
    near = did_you_mean(type_name, [*_LAYER_TYPES, *_ALIASES])
    return explain(
        f'unknown layer type "{type_name}"',
        expected=None if near else f"one of {', '.join(layer_type_list())}",
        fix=near or f"{register}; {imported}",
    )


def loss_weights(layer_param: LayerParameter) -> Sequence[float]:
    """The weight of each top in the loss: as stated, or as the type has it."""
    if layer_param.loss_weight or not layer_param.top:
        return layer_param.loss_weight
    try:
        cls = layer_class(layer_param.type)
    except LayerError:  # whoever makes the layer says so
        return ()
    if cls.default_loss_weights is Layer.default_loss_weights:
        return ()
    bare = LayerParameter(name=layer_param.name, type=layer_param.type)
    return cls(bare).default_loss_weights(len(layer_param.top))


def create_layer(
    layer_param: LayerParameter,
    *,
    phase: int = TRAIN,
    dtype: DTypeLike = np.float32,
    rng: np.random.Generator | None = None,
) -> Layer:
    """A layer of the type that `layer_param` names."""
    try:
        cls = layer_class(layer_param.type)
    except LayerError as error:
        raise LayerError(f'layer "{printable(layer_param.name)}": {error}') from error
    return cls(layer_param, phase=phase, dtype=dtype, rng=rng)


def _load_catalogue() -> None:
    """Whoever asks for a layer type has not imported them: this module stands below them."""
    importlib.import_module(_CATALOGUE)
