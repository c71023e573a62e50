"""The register of layer types: which class a prototxt's `type` means.

Caffe: layer_factory.hpp, layer_factory.cpp.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import LayerError, did_you_mean, explain, printable
from blobnet.layer import Layer
from blobnet.proto import TRAIN, LayerParameter

LayerClass = TypeVar("LayerClass", bound=type[Layer])

_LAYER_TYPES: dict[str, type[Layer]] = {}
_ALIASES: dict[str, str] = {}

_CATALOGUE = "blobnet.layers"
"""The layers that blobnet brings along; they register themselves when they are imported."""


def register_layer(name: str, *aliases: str) -> Callable[[LayerClass], LayerClass]:
    """Make a Layer subclass known under the `type` that prototxts use.

    Raises LayerError where the name is taken by another class.
    """

    def register(cls: LayerClass) -> LayerClass:
        if not cls.__module__.startswith(f"{_CATALOGUE}."):
            _load_catalogue()
        for taken in (name, *aliases):
            if taken in _LAYER_TYPES or taken in _ALIASES:
                raise LayerError(
                    explain(
                        f'layer type "{taken}" is registered twice',
                        got=f"{cls.__module__}.{cls.__qualname__}",
                        fix="choose another name",
                    )
                )
        _LAYER_TYPES[name] = cls
        _ALIASES.update(dict.fromkeys(aliases, name))
        return cls

    return register


def layer_type_list() -> list[str]:
    """The names of all registered layer types, in alphabetical order."""
    _load_catalogue()
    return sorted(_LAYER_TYPES)


def is_layer_type(type_name: str) -> bool:
    """Whether a class is registered under `type_name`, or under a name that it has besides."""
    _load_catalogue()
    return type_name in _LAYER_TYPES or type_name in _ALIASES


def layer_class(type_name: str) -> type[Layer]:
    """The class registered under `type_name`. Raises LayerError, suggesting near names."""
    _load_catalogue()
    name = _ALIASES.get(type_name, type_name)
    if name not in _LAYER_TYPES:
        raise LayerError(
            explain(
                f'unknown layer type "{type_name}"',
                expected=f"one of {', '.join(layer_type_list())}",
                fix=did_you_mean(type_name, [*_LAYER_TYPES, *_ALIASES])
                or f'register a class: @blobnet.register_layer("{type_name}")',
            )
        )
    return _LAYER_TYPES[name]


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
