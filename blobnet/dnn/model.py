"""What a prototxt and a weight file say, read once and kept: the definition and all weights."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from blobnet.blob import Blob
from blobnet.definitions import definition_of
from blobnet.dnn.errors import error
from blobnet.errors import explain
from blobnet.limits import enough_memory
from blobnet.netdef import filter_net, upgrade_net
from blobnet.proto import NetParameter
from blobnet.serialization.prototxt import parse_text
from blobnet.serialization.stored import StoredBlob, StoredWeights
from blobnet.serialization.weights import read_weights
from blobnet.storage import cast
from blobnet.types import Array
from blobnet.weights.trained_layers import HasWeights

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | Array
"""A path, or the bytes of a file."""


@dataclass
class Model:
    """A net's layers, those of the TEST phase alone, and what is stored for them.

    weights  layer name to its arrays, float32, as the file has them
    """

    definition: NetParameter = field(default_factory=NetParameter)
    weights: dict[str, list[Array]] = field(default_factory=dict)
    _stored: dict[str, dict[int, StoredBlob]] = field(default_factory=dict)

    def set_param(self, name: str, index: int, values: Array) -> None:
        """Replace an array by one of its shape."""
        self.weights[name][index][...] = values

    def set_blobs(self, name: str, values: list[Array]) -> None:
        """Replace all arrays of a layer, or give it some."""
        self.weights[name] = values
        self._stored.pop(name, None)

    def given(self, net: HasWeights) -> StoredWeights:
        """The weights as `Net.copy_from` takes them, for a net of some of the layers.

        Those of layers that it has not are there too: they may go by the name of a `param`. What
        `set_blobs` was given may have other shapes than the file's, for as many values.
        """
        bare = set(net.layer_names) - set(net.params)  # layers of the user's own keep theirs
        found: dict[str, Mapping[int, StoredBlob]] = {
            name: blobs for name, blobs in self._stored.items() if name not in bare
        }
        for name in net.params.keys() & (self.weights.keys() - self._stored.keys()):
            found[name] = _in_shapes(self.weights[name], net.params[name])
        return found


def read_model(prototxt: Source, weights: Source | None) -> Model:
    """Read both. Raises BlobnetError where one is missing, broken, or something else."""
    model = Model(_definition(prototxt))
    if weights is None or (not isinstance(weights, os.PathLike) and not len(weights)):
        return model
    with enough_memory("the weights cannot be read", error):
        if isinstance(weights, (str, os.PathLike)):
            _load(model, Path(weights))
        else:
            _load_from_memory(model, _bytes(weights))
    return model


def _definition(prototxt: Source) -> NetParameter:
    if isinstance(prototxt, (str, os.PathLike)):
        return filter_net(definition_of(prototxt, "TEST", None, ()))
    text = parse_text(_bytes(prototxt), NetParameter(), "bufferProto")
    return filter_net(definition_of(upgrade_net(text, "bufferProto"), "TEST", None, ()))


def _load(model: Model, path: Path) -> None:
    """Keep all numbers: the file may be gone when the net first runs."""
    for name, blobs in read_weights(path).items():
        arrays: list[Array] = []
        for index, blob in sorted(blobs.items()):
            if blob.damage:
                what = f"{path.name}: the weights of layer '{name}' cannot be read"
                raise error(explain(what, got=blob.damage))
            arrays.append(cast(blob.load(), np.dtype(np.float32)).reshape(blob.shape))
            kept = replace(blob, load=arrays[-1].view, read_into=None, dtype=arrays[-1].dtype)
            model._stored.setdefault(name, {})[index] = kept
        model.weights[name] = arrays


def _in_shapes(arrays: Sequence[Array], blobs: Sequence[Blob]) -> dict[int, StoredBlob]:
    """Arrays as a file might have them; in the shapes of blobs where they have as many values."""
    found: dict[int, StoredBlob] = {}
    for index, array in enumerate(arrays):
        blob = blobs[index] if index < len(blobs) else None
        if blob is not None and blob.count == array.size:
            array = array.reshape(blob.shape)
        found[index] = StoredBlob(array.shape, False, array.view, dtype=array.dtype)
    return found


def _load_from_memory(model: Model, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bufferModel"
        path.write_bytes(content)
        _load(model, path)


def _bytes(buffer: object) -> bytes:
    """What a buffer holds. Raises TypeError for what is none."""
    if isinstance(buffer, np.ndarray):
        if buffer.dtype != np.uint8:
            raise TypeError(f"a buffer is an array of uint8, not of {buffer.dtype}")
        return buffer.tobytes()
    if not isinstance(buffer, (bytes, bytearray, memoryview)):
        what = "expected a path, or the content of a file as bytes"
        raise TypeError(f"{what}, not {type(buffer).__name__}")
    return bytes(buffer)
