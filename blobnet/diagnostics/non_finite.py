"""Where numbers stopped being numbers: the first layer with infinite or undefined values."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Generic, Protocol, TypeVar

import numpy as np

from blobnet.blob import Blob
from blobnet.net_callbacks import NetCallbacks
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer

_BLOCK = 2**20
"""Values that are looked at together: what says which are finite takes a byte for each."""


class WiredNet(Protocol):
    """What of a Net is looked at."""

    wired: list[WiredLayer]
    outputs: list[str]
    learnable_params: list[Blob]
    params_lr: list[float]
    callbacks: NetCallbacks


AnyNet = TypeVar("AnyNet", bound=WiredNet)


def first_non_finite(net: WiredNet) -> str | None:
    """In words, what went wrong first in the last forward; None where all values are finite."""
    for position, wired in enumerate(net.wired):
        who = _name(wired)
        for weights in _non_finite_weights(wired):
            return weights
        for name, blob in zip(wired.top_names, wired.top, strict=True):
            if not _finite(blob.data):
                suspects = [who, *map(_name, _working_in_place(net.wired[position + 1 :], blob))]
                return f'top "{name}" of {" or ".join(suspects)}: {_describe(blob.data)}'
    return None


def broken_weights(net: WiredNet) -> str | None:
    """In words, the first weights that learning has made infinite or undefined; None: all sound."""
    rates = zip(net.learnable_params, net.params_lr, strict=True)
    frozen = {id(blob) for blob, rate in rates if rate == 0}
    return next((text for wired in net.wired for text in _non_finite_weights(wired, frozen)), None)


class ScoreWatch(Generic[AnyNet]):
    """Finds scores that are no numbers: to Accuracy, NaN for every class counts as right.

        with ScoreWatch(net) as watch:
            net.forward()
        print(watch.finding)

    Looked at are the weights, and what the layers read and write that make the net's outputs:
    right behind them, for in the inference mode blobs share memory.
    """

    def __init__(self, net: AnyNet) -> None:
        self.finding: str | None = None
        self.net = net
        self._makers = {
            index
            for index, wired in enumerate(net.wired)
            if not set(net.outputs).isdisjoint(wired.top_names)
        }

    def __enter__(self) -> ScoreWatch[AnyNet]:
        weights = (text for wired in self.net.wired for text in _non_finite_weights(wired))
        self.finding = next(weights, None)
        self.net.callbacks.after_forward.append(self._look)
        return self

    def __exit__(self, *exc: object) -> None:
        self.net.callbacks.after_forward.remove(self._look)

    def tell(self) -> str | None:
        """For a watch of the same net in another process: what is found."""
        return self.finding

    def hear(self, finding: str | None) -> None:
        """What another process has found in its forward."""
        self.finding = self.finding or finding

    def _look(self, index: int) -> None:
        if self.finding is not None or index not in self._makers:
            return
        wired = self.net.wired[index]
        for role, names, blobs in (
            ("bottom", wired.bottom_names, wired.bottom),
            ("top", wired.top_names, wired.top),
        ):
            for name, blob in zip(names, blobs, strict=True):
                if not _finite(blob.data):
                    self.finding = f'{role} "{name}" of {_name(wired)}: {_describe(blob.data)}'
                    return


def _non_finite_weights(wired: WiredLayer, but: Collection[int] = ()) -> Iterator[str]:
    """`but`: ids of blobs that are not looked at."""
    for index, blob in enumerate(wired.layer.blobs_):
        if id(blob) not in but and not _finite(blob.data):
            yield f"blobs_[{index}] (the weights) of {_name(wired)}: {_describe(blob.data)}"


def _name(wired: WiredLayer) -> str:
    return f'{wired.layer.type} layer "{wired.layer.name}"'


def _working_in_place(later: list[WiredLayer], blob: Blob) -> list[WiredLayer]:
    """The layers that have written over a blob's values since it was made."""
    return [
        wired
        for wired in later
        if any(
            top in wired.bottom and np.may_share_memory(top.data, blob.data) for top in wired.top
        )
    ]


def _finite(array: Array) -> bool:
    flat = array.reshape(-1)
    blocks = (flat[begin : begin + _BLOCK] for begin in range(0, flat.size, _BLOCK))
    return all(bool(np.isfinite(block).all()) for block in blocks)


def _describe(array: Array) -> str:
    bad = ~np.isfinite(array)
    where = np.unravel_index(int(bad.argmax()), array.shape) if array.ndim else ()
    position = tuple(int(i) for i in where)
    count = f"{int(bad.sum())} of {array.size} values not finite"
    return f"{count}, the first {array[where]} at {position}"
