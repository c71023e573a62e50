"""The layers of a net as cv2.dnn numbers them: who reads whom, who is read by nobody.

Number 0 are the inputs, `_input`. A Convolution goes by the name of its top. A layer whose name has
been there gets `_1` behind it. OpenCV computes some types by two layers: those are numbered, too,
so that all behind them have their numbers. OpenCV: caffe_importer.cpp.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from blobnet.dnn.errors import error
from blobnet.errors import NetError, did_you_mean, explain
from blobnet.layer_register import is_layer_type, layer_class
from blobnet.proto import LayerParameter, NetParameter

OPENCVS_TYPE = {"ConvolutionDepthwise": "Convolution", "Axpy": "Eltwise"}
"""What OpenCV makes of a type."""


@dataclass
class Entry:
    """One of OpenCV's layers.

    id      its number
    layer   its position in the definition; None for `_input` and what OpenCV puts in front
    inputs  the numbers of the layers that it reads
    tops    how many blobs it makes
    """

    id: int
    name: str
    type: str
    layer: int | None = None
    inputs: list[int] = field(default_factory=list)
    tops: int = 0


class Graph:
    """The layers of a definition, numbered.

    entries  all of them, `_input` first
    inputs   the names of the blobs to set
    sources  for each layer of the definition the positions of those that it reads
    """

    def __init__(self, definition: NetParameter) -> None:
        self.definition = definition
        self.inputs: list[str] = []
        self.sources: list[list[int]] = []
        self.entries = [Entry(0, "_input", "")]
        names: Counter[str] = Counter()
        latest: dict[str, tuple[int, int]] = {}  # blob name to position and number of its maker
        for position, layer in enumerate(definition.layer):
            made_by = [self._maker(layer, name, latest) for name in layer.bottom]
            self.sources.append([position for position, _ in made_by])
            number = 0
            if is_input(layer):
                self.inputs += layer.top
            else:
                read = [number for _, number in made_by]
                number = self._add(position, layer, read, names)
            latest.update((name, (position, number)) for name in layer.top)
        self._by_name = {entry.name: entry for entry in self.entries}

    def entry(self, layer: int | str) -> Entry:
        """By number or name. Raises error where there is none."""
        if isinstance(layer, str):
            if layer not in self._by_name:
                fix = did_you_mean(layer, self._by_name) or self._maker_of_blob(layer)
                raise error(explain(f'Requested layer "{layer}" not found', fix=fix))
            return self._by_name[layer]
        if not 0 <= layer < len(self.entries):
            expected = f"0 to {len(self.entries) - 1}"
            what = f"Layer with requested id={layer} not found"
            raise error(explain(what, expected=expected))
        return self.entries[layer]

    def id_of(self, name: str) -> int:
        """The number of a layer; -1 where there is none."""
        return self._by_name[name].id if name in self._by_name else -1

    def unconnected(self) -> list[Entry]:
        """The layers that no layer reads, in order."""
        read = {number for entry in self.entries for number in entry.inputs}
        return [entry for entry in self.entries if entry.id not in read]

    def stated_size(self) -> tuple[int, int]:
        """(width, height) of the first input; (0, 0) where the definition states no image."""
        for layer in filter(is_input, self.definition.layer):
            shape = [*layer.input_param.shape[0].dim] if layer.input_param.shape else []
            return (shape[3], shape[2]) if len(shape) == 4 else (0, 0)
        return (0, 0)

    def _add(
        self, position: int, layer: LayerParameter, read: list[int], names: Counter[str]
    ) -> int:
        """Number a layer, and what OpenCV puts in front of it; returns its number."""
        stated = layer.top[0] if layer.type == "Convolution" and layer.top else layer.name
        name = _counted(stated, names)
        for suffix, kind in _in_front(layer):
            front = _counted(f"{name}/{suffix}", names)
            self.entries.append(Entry(len(self.entries), front, kind, None, read, 1))
            read = [self.entries[-1].id, *read[1:]]
        kind, tops = OPENCVS_TYPE.get(layer.type, layer.type), len(layer.top)
        self.entries.append(Entry(len(self.entries), name, kind, position, read, tops))
        return self.entries[-1].id

    @staticmethod
    def _maker(
        layer: LayerParameter, blob: str, latest: dict[str, tuple[int, int]]
    ) -> tuple[int, int]:
        if blob not in latest:
            who = f"layer '{layer.name}' reads"
            raise NetError(explain(f'Can\'t find output blob "{blob}" that {who}'))
        return latest[blob]

    def _maker_of_blob(self, blob: str) -> str | None:
        """A hint where somebody names a blob: cv2 goes by the names of layers."""
        makers = [
            entry.name
            for entry in self.entries
            if entry.layer is not None and blob in self.definition.layer[entry.layer].top
        ]
        return f'layer "{makers[-1]}" makes the blob of that name' if makers else None


def is_input(layer: LayerParameter) -> bool:
    """Whether a caller fills the tops of this layer."""
    return is_layer_type(layer.type) and layer_class(layer.type).is_input


def _counted(name: str, names: Counter[str]) -> str:
    names[name] += 1
    return name if names[name] == 1 else f"{name}_{names[name] - 1}"


def _in_front(layer: LayerParameter) -> Iterator[tuple[str, str]]:
    """What OpenCV puts in front of a layer: the end of its name, and its type."""
    if layer.type == "BatchNorm" and _uses_own_statistics(layer):
        yield "mvn", "MVN"
    if layer.type == "Axpy":
        yield "scale", "Scale"


def _uses_own_statistics(layer: LayerParameter) -> bool:
    param = layer.batch_norm_param
    return param.HasField("use_global_stats") and not param.use_global_stats
