"""Which function writes the nodes of a layer class, and which layers a deployed net has no use for.

A writer gets a `LayerNodes` and returns the value of each top, one or several:

    @writes(Square)
    def square(layer: LayerNodes) -> str:
        x = layer.bottoms[0]
        return layer.op("Mul", x, x)

A class is found by itself alone, never by its base: a subclass may compute something else. Of a
Python layer the class counts that its python_param names.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from blobnet.layer import Layer
from blobnet.layers.utility.python import Python

if TYPE_CHECKING:
    from blobnet.exchange.onnx.layer_nodes import LayerNodes

Writer = Callable[["LayerNodes"], "str | Sequence[str]"]
_WRITERS: dict[type[Any], Writer] = {}
_VARYING: dict[type[Any], int] = {}
_SHAPED_BY_VALUES: set[type[Any]] = set()
_REASONS: dict[type[Any], str] = {}
_LEFT_OUT: set[type[Any]] = set()
_WRITERS_ROOM = "blobnet.exchange.onnx.writers"

AnyWriter = TypeVar("AnyWriter", bound=Writer)


class ExportError(Exception):
    """Raised by a writer: these settings cannot be said in ONNX. The text says what to do."""


def writes(
    *classes: type[Any], varies: int | None = None, is_shaped_by_values: bool = False
) -> Callable[[AnyWriter], AnyWriter]:
    """Let a function write the nodes of these layer classes.

    varies               the axis of its tops whose length depends on values: how many boxes
    is_shaped_by_values  the tops have a shape only behind a forward of what is in front
    """

    def register(writer: AnyWriter) -> AnyWriter:
        for cls in classes:
            _WRITERS[cls] = writer
            if varies is not None:
                _VARYING[cls] = varies
            if is_shaped_by_values:
                _SHAPED_BY_VALUES.add(cls)
        return writer

    return register


def leaves_out(*classes: type[Any]) -> None:
    """Layers that only score or watch: a deployed net does without."""
    _LEFT_OUT.update(classes)


def refuses(why: str, *classes: type[Any]) -> None:
    """Layers that cannot be written, and why: what a reader of the error should know."""
    _REASONS.update(dict.fromkeys(classes, why))


def class_of(layer: Layer) -> type[Any]:
    """The class that computes; of a Python layer that is not yet set up, Python."""
    return type(vars(layer).get("instance", layer) if isinstance(layer, Python) else layer)


def writer_of(layer: Layer) -> Writer | None:
    """The function that writes such a layer; None where there is none."""
    importlib.import_module(_WRITERS_ROOM)
    return _WRITERS.get(class_of(layer))


def reason_of(layer: Layer) -> str | None:
    """Why such a layer cannot be written, if that is known."""
    return _REASONS.get(class_of(layer))


def varying_axis(layer: Layer) -> int | None:
    """The axis of its tops whose length depends on values, if there is one."""
    return _VARYING.get(class_of(layer))


def is_shaped_by_values(layer: Layer) -> bool:
    """Whether its tops have a shape only behind a forward."""
    return class_of(layer) in _SHAPED_BY_VALUES


def is_left_out(layer: Layer) -> bool:
    """Whether it is a loss, or only scores or watches."""
    importlib.import_module(_WRITERS_ROOM)
    stated = any(layer.layer_param_.loss_weight)
    return stated or any(layer.default_loss_weights(1)) or class_of(layer) in _LEFT_OUT


def written_classes() -> list[type[Any]]:
    """All classes that can be written, or are left out."""
    importlib.import_module(_WRITERS_ROOM)
    return [*_WRITERS, *_LEFT_OUT]
