"""Layers of the user's own, as cv2.dnn takes them: classes registered for a type.

    class Double:
        def __init__(self, params, blobs): ...
        def getMemoryShapes(self, inputs):  # shapes of the inputs, a list of tuples
            return [inputs[0]]
        def forward(self, inputs):  # arrays
            return [2 * inputs[0]]

    dnn.dnn_registerLayer("Double", Double)

They stand in the place of blobnet's own layers of that type, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from google.protobuf.message import Message

from blobnet.blob import Blobs
from blobnet.dnn.errors import error
from blobnet.dnn.layer_info import as_in_opencv
from blobnet.errors import explain
from blobnet.proto import LayerParameter, NetParameter
from blobnet.types import Array

Factory = Callable[[dict[str, Any], tuple[Array, ...]], Any]

_REGISTERED: dict[str, list[Factory]] = {}
_WAITING: dict[str, Any] = {}
"""Objects for the layers of a net that is being made, by what those have as `param_str`."""
_numbers = itertools.count()


def dnn_registerLayer(type: str, cls: Factory) -> None:
    """Have layers of this type computed by objects of a class, in nets that run from now on.

    type  as prototxts write it
    cls   makes an object from `params`, a dict of the layer's settings as the prototxt states
          them, and `blobs`, a tuple of its weights; the object has `getMemoryShapes(inputs)` and
          `forward(inputs)`. What they raise arrives unchanged

    Raises TypeError where `cls` cannot be called.
    """
    if not callable(cls):
        raise TypeError("class must be callable")
    _REGISTERED.setdefault(type, []).append(cls)


def dnn_unregisterLayer(type: str) -> None:
    """Take back the last registration for a type; what was there before is there again."""
    if _REGISTERED.get(type):
        _REGISTERED[type].pop()


def is_custom(type: str) -> bool:
    """Whether a class is registered for that type."""
    return bool(_REGISTERED.get(type))


def adapted(definition: NetParameter, weights: Mapping[str, Sequence[Array]]) -> None:
    """Make layers of registered types Python layers that host an object of the user's class."""
    for layer in definition.layer:
        if is_custom(layer.type):
            blobs = as_in_opencv(layer.type, weights.get(layer.name, ()))
            key = str(next(_numbers))
            _WAITING[key] = _REGISTERED[layer.type][-1](settings(layer), blobs)
            layer.type = "Python"
            layer.python_param.Clear()
            layer.python_param.module = __name__
            layer.python_param.layer = Hosted.__name__
            layer.python_param.param_str = key


def settings(layer: LayerParameter) -> dict[str, Any]:
    """What a layer's messages state, by the names of their fields; OpenCV: extractLayerParams.

    Words are texts, bools 0 or 1, several values a tuple. Of messages within messages the fields
    stand beside the others.
    """
    found: dict[str, Any] = {}
    for field, value in layer.ListFields():
        if field.name.endswith("_param") and isinstance(value, Message):
            _add_fields(value, found)
    return dict(sorted(found.items()))


def _add_fields(message: Message, found: dict[str, Any]) -> None:
    for field, value in message.ListFields():
        several = not isinstance(value, (str, bytes, Message)) and hasattr(value, "__len__")
        values = list(value) if several else [value]
        if field.message_type is not None:
            _add_fields(values[0], found)
            continue
        if field.enum_type is not None:
            values = [field.enum_type.values_by_number[one].name for one in values]
        plain = [int(one) if isinstance(one, bool) else one for one in values]
        found[field.name] = plain[0] if len(plain) == 1 else tuple(plain)


class Hosted:
    """A Python layer that does what an object of the user's says."""

    param_str: str

    def __init__(self, layer_param: LayerParameter) -> None:
        self._name = layer_param.name

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._hosted = _WAITING.pop(self.param_str)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = self._hosted.getMemoryShapes([tuple(map(int, blob.shape)) for blob in bottom])
        self._check_count("getMemoryShapes", shapes, top)
        for blob, shape in zip(top, shapes, strict=True):
            blob.reshape(*map(int, shape))

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        outputs = self._hosted.forward(tuple(blob.data for blob in bottom))
        self._check_count("forward", outputs, top)
        for blob, output in zip(top, outputs, strict=True):
            array = np.asarray(output, np.float32)
            if array.shape != blob.shape:
                what = f'custom layer "{self._name}": forward gives another shape'
                fix = "return arrays of the shapes that getMemoryShapes gives"
                raise error(explain(what, expected=blob.shape, got=array.shape, fix=fix))
            blob.data[...] = array

    def _check_count(self, method: str, values: Sequence[Any], top: Blobs) -> None:
        if len(values) != len(top):
            what = f'custom layer "{self._name}": {method} gives another number of outputs'
            raise error(explain(what, expected=len(top), got=len(values)))
