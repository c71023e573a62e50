"""A layer of any type, once for each timestep: the nonlinearity of a recurrent layer."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.layer_register import create_layer
from blobnet.proto import LayerParameter
from blobnet.types import Array, Shape


class Steps:
    """T layers of one type, each with a bottom and a top of its own, without weights."""

    def __init__(self, owner: Layer, type_name: str, count: int) -> None:
        self._owner, self._type = owner, type_name
        self._layers = [
            create_layer(
                LayerParameter(name=f"{owner.name} {t}", type=type_name),
                phase=owner.phase,
                dtype=owner.dtype,
                rng=owner.rng,
            )
            for t in range(count)
        ]
        self._bottom = [[Blob(dtype=owner.dtype)] for _ in range(count)]
        self._top = [[Blob(dtype=owner.dtype)] for _ in range(count)]
        self._is_set_up = False

    def reshape(self, shape: Shape) -> Shape:
        """Take bottoms of this shape; gives that of the tops."""
        for layer, bottom, top in zip(self._layers, self._bottom, self._top, strict=True):
            bottom[0].reshape(shape)
            if self._is_set_up:
                layer.update_shapes(bottom, top)
            else:
                layer.initialize(bottom, top)
        self._is_set_up = True
        if self._layers[0].blobs_:
            raise self._owner.error(
                "a nonlinearity must have no weights",
                expected="a type such as TanH, ReLU, Sigmoid or Flatten",
                got=self._type,
            )
        return self._top[0][0].shape

    def forward(self, t: int, values: Array) -> Array:
        """What the layer of timestep t makes of these values."""
        self._bottom[t][0].data[...] = values
        self._layers[t].forward(self._bottom[t], self._top[t])
        return self._top[t][0].data

    def backward(self, t: int, diff: Array) -> Array:
        """The gradient of what it was given last, from that of what it made of it."""
        self._top[t][0].diff[...] = diff
        self._layers[t].backward(self._top[t], [True], self._bottom[t])
        return self._bottom[t][0].diff
