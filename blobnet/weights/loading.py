"""Which memory of a net a weight file fills: layers that share weights, names that nearly fit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from blobnet.blob import Blob
from blobnet.loggers import named_logger
from blobnet.proto import ParamSpec
from blobnet.serialization.stored import StoredBlob, StoredWeights, same_numbers
from blobnet.weights.params import Param

_log = named_logger("blobnet.net")

Pair = tuple[Blob, StoredBlob]


class Loading:
    """The weights of a net while files are loaded into them, one after the other."""

    def __init__(self, params: Iterable[Param]) -> None:
        self._params = list(params)
        self._of_blob = {id(param.blob): param for param in self._params}
        self._filled: set[int] = set()  # memory that an earlier file has filled

    def by_param_name(self, stored: StoredWeights, pairs: Sequence[Pair]) -> Iterator[Pair]:
        """Pairs for layers that the file does not have, but whose `param { name }` it has."""
        filled = {self._memory(blob) for blob, _ in pairs}
        named: dict[str, tuple[str, StoredBlob]] = {}
        for layer_name, blobs in stored.items():
            for blob in blobs.values():
                named.setdefault(blob.param_name, (layer_name, blob))
        named.pop("", None)
        for param in self._params:
            if param.layer_name in stored or self._memory(param.blob) in filled:
                continue
            if param.name not in named:
                continue
            layer_name, found = named[param.name]
            who = param.layer_name, param.name, layer_name
            if found.damage or not _takes(param, found):
                _log.warning("Layer %s does not get param '%s' of layer %s: it does not fit", *who)
                continue
            _log.info("Layer %s gets param '%s' of layer %s", *who)
            filled.add(self._memory(param.blob))
            yield param.blob, found

    def left_out(self, stored: StoredWeights, pairs: Iterable[Pair]) -> Iterator[str]:
        """Misfits: weights that a layer shares, but that come with none of those that share it."""
        filled = self._filled | {self._memory(blob) for blob, _ in pairs}
        for param in self._params:
            blobs = stored.get(param.layer_name)
            if blobs is None or param.index in blobs or param.owner is None:
                continue
            if self._memory(param.blob) not in filled:
                yield (
                    f"Missing param {param.index} of layer '{param.layer_name}': the weights have "
                    f"it neither there nor at layer '{param.owner.layer_name}', which shares it"
                )

    def note(self, described: object, stored: StoredWeights, pairs: Sequence[Pair]) -> None:
        """Take note of what a file fills; warn where it is doubtful what was meant."""
        by_memory: dict[int, list[Pair]] = {}
        for blob, stored_blob in pairs:
            by_memory.setdefault(self._memory(blob), []).append((blob, stored_blob))
        again = self._layers_of(by_memory.keys() & self._filled)
        if again:
            _log.warning(
                "%s: replaces weights that an earlier file gave: %s", described, ", ".join(again)
            )
        for several in by_memory.values():
            self._warn_if_they_differ(described, several)
        self._warn_of_near_misses(described, stored)
        self._filled |= by_memory.keys()

    def missing(self) -> list[str]:
        """The names of layers with weights that no file has filled."""
        return self._layers_of({self._memory(p.blob) for p in self._params} - self._filled)

    def _memory(self, blob: Blob) -> int:
        """What is the same for all blobs that share their memory in the net."""
        param = self._of_blob[id(blob)]
        return id((param.owner or param).blob)

    def _layers_of(self, memory: set[int]) -> list[str]:
        names = (p.layer_name for p in self._params if self._memory(p.blob) in memory)
        return list(dict.fromkeys(names))

    def _warn_if_they_differ(self, described: object, pairs: Sequence[Pair]) -> None:
        last = pairs[-1][1]
        if any(not same_numbers(blob, last) for _, blob in pairs[:-1]):
            names = [self._of_blob[id(blob)].layer_name for blob, _ in pairs]
            _log.warning(
                "%s: layers %s share their weights in the net, but not in the file: those of %s "
                "are used",
                described,
                ", ".join(names),
                names[-1],
            )

    def _warn_of_near_misses(self, described: object, stored: StoredWeights) -> None:
        ours = {param.layer_name for param in self._params}
        unused = {_loosely(name): name for name in stored if stored[name] and name not in ours}
        for name in dict.fromkeys(param.layer_name for param in self._params):
            near = unused.get(_loosely(name))
            if name not in stored and near is not None:
                _log.warning(
                    "%s: layer '%s' is not loaded into layer '%s': the names differ in case or "
                    "blanks",
                    described,
                    near,
                    name,
                )


def _takes(param: Param, stored: StoredBlob) -> bool:
    if param.spec.share_mode == ParamSpec.PERMISSIVE:
        return param.blob.count == math.prod(stored.shape)
    return stored.fits(param.blob.shape)


def _loosely(name: str) -> str:
    return "".join(str(name).split()).casefold()
