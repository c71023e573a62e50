"""What a copy of a net takes along: for pickle, copy.deepcopy, and handing nets to processes.

A copy is made anew from the definition, so the layers' types have to be known where it is made,
and databases have to be found there. It is given the weights and their gradients, the shapes and
values of the inputs, and what besides decides how a run goes on: random numbers, the place in a
database. What was computed is computed anew by its next forward. Callbacks stay behind, and so
does data handed to a MemoryData layer. Weights become the copy's own, also those that another net
shares; but a shallow copy, `copy.copy(net)`, uses the net's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from blobnet.blob import Blob
from blobnet.proto import NetParameter
from blobnet.weights.params import Param
from blobnet.wired_layer import WiredLayer


class HasContents(Protocol):
    """What of a Net a copy takes along."""

    blobs: dict[str, Blob]
    wired: list[WiredLayer]
    inputs: list[str]
    all_params: list[Param]
    loss: float
    debug_info: bool

    def reshape(self) -> None: ...

    def get_state(self) -> dict[str, Any]: ...

    def set_state(self, state: dict[str, Any]) -> None: ...


def contents(net: HasContents) -> dict[str, Any]:
    """What `remade` gives to a net of the same definition."""
    return {
        "inputs": {name: net.blobs[name].data.copy() for name in net.inputs},
        "weights": [param.blob for param in net.all_params],
        "loads": [param.loads for param in net.all_params],
        "accumulate": [wired.layer.accumulate for wired in net.wired],
        "state": net.get_state(),
        "loss": net.loss,
        "debug_info": net.debug_info,
    }


def remade(
    kind: Callable[..., HasContents],
    definition: bytes,
    options: Mapping[str, Any],
    held: Mapping[str, Any],
) -> HasContents:
    """A net as it was when it was pickled or copied."""
    net = kind(NetParameter.FromString(definition), **options)
    _give_contents(net, held)
    return net


def _give_contents(net: HasContents, held: Mapping[str, Any]) -> None:
    for name, values in held["inputs"].items():
        net.blobs[name].reshape(values.shape)
        net.blobs[name].data[...] = values
    net.reshape()
    for param, blob in zip(net.all_params, held["weights"], strict=True):
        param.blob.share_data(blob)
        param.blob.share_diff(blob)
    for param, loads in zip(net.all_params, held["loads"], strict=True):
        param.loads = loads
    for wired, accumulate in zip(net.wired, held["accumulate"], strict=True):
        wired.layer.accumulate = accumulate
    net.set_state(held["state"])
    net.loss, net.debug_info = held["loss"], held["debug_info"]
