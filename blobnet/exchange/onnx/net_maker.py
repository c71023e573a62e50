"""A net while it is made from another model: layer by layer, with the shapes that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blob
from blobnet.errors import NetError, explain
from blobnet.layer_register import create_layer
from blobnet.limits import check_bytes
from blobnet.net import Net
from blobnet.proto import TEST, LayerParameter, NetParameter
from blobnet.types import Array, Shape


class NetMaker:
    """Layers, their weights, and the blobs that they make.

    stored  bytes of the file that the net is made of: what blobs may take depends on it
    """

    def __init__(self, name: str, stored: int) -> None:
        self.param = NetParameter(name=name)
        self.blobs: dict[str, Blob] = {}
        self.weights: dict[str, list[Array]] = {}
        self._stored = stored
        self._layer_names: set[str] = set()
        self._bytes = 0

    def add_input(self, name: str, shape: Shape) -> None:
        """An Input layer of one blob."""
        shape_param = {"shape": [{"dim": list(shape)}]}
        self.add("Input", name, [], [name], {"input_param": shape_param}, [])

    def add(
        self,
        type_name: str,
        name: str,
        bottoms: Sequence[str],
        tops: Sequence[str],
        params: Mapping[str, Any],
        weights: Sequence[Array],
    ) -> None:
        """A layer with its weights; it is set up, so that its tops have shapes.

        Raises LayerError where it cannot be, NetError for weights or blobs that cannot be.
        """
        layer_param = LayerParameter(
            name=self.unique_layer(name), type=type_name, bottom=bottoms, top=tops, **params
        )
        made = [Blob() for _ in tops]
        layer = create_layer(layer_param, phase=TEST)
        layer.initialize([self.blobs[bottom] for bottom in bottoms], made)
        wanted = [blob.shape for blob in layer.blobs_]
        if wanted != [values.shape for values in weights]:
            got = [values.shape for values in weights]
            raise NetError(explain("the weights do not fit", expected=wanted, got=got))
        self._bytes += sum(4 * int(blob.count) for blob in made)
        check_bytes(self._bytes, "the net that the model describes", NetError, stored=self._stored)
        self.blobs.update(zip(tops, made, strict=True))
        self.param.layer.append(layer_param)
        if weights:
            self.weights[layer_param.name] = [np.asarray(w, np.float32) for w in weights]

    def unique_layer(self, name: str) -> str:
        """A name that no layer has had; it is taken from now on."""
        chosen, number = name, 1
        while chosen in self._layer_names:
            number += 1
            chosen = f"{name}_{number}"
        self._layer_names.add(chosen)
        return chosen

    def unique_blob(self, name: str) -> str:
        """A name that no blob has."""
        chosen, number = name, 1
        while chosen in self.blobs:
            number += 1
            chosen = f"{name}_{number}"
        return chosen

    def net(self) -> Net:
        """The net, with its weights."""
        net = Net(self.param, TEST)
        for name, arrays in self.weights.items():
            for blob, values in zip(net.params[name], arrays, strict=True):
                blob.data[...] = values
        return net
