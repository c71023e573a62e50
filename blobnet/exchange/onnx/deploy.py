"""What of a net is written: its layers without losses and scores, its inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.register import is_left_out
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.wired_layer import WiredLayer


@dataclass
class Deployed:
    """The part of a net that is written.

    layers    positions in `net.wired`, in order
    inputs    names of the blobs to fill; those that only losses read are no inputs
    outputs   names of the blobs that no written layer reads
    left_out  names of the layers that are losses, or score and watch
    """

    layers: list[int] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def deployed(net: Net) -> Deployed:
    """What of `net` is written. Raises NetError where nothing remains."""
    kept = [not is_left_out(wired.layer) for wired in net.wired]
    _leave_out_readers(net, kept)
    for index in reversed(range(len(kept))):  # splits whose tops only losses read
        wired = net.wired[index]
        readers = list(_readers(net, index))
        if kept[index] and is_inserted_split(wired.layer.layer_param_):
            kept[index] = any(kept[reader] for reader in readers) or not readers
    result = Deployed()
    for index, wired in enumerate(net.wired):
        if not kept[index]:
            if not is_inserted_split(wired.layer.layer_param_):
                result.left_out.append(wired.layer.name)
        elif wired.layer.is_input:
            read = {name for other in _kept(net, kept) for name in other.bottom_names}
            result.inputs += [name for name in wired.top_names if name in read]
        else:
            result.layers.append(index)
    result.outputs = list(_outputs(net, result.layers))
    if not result.layers:
        raise NetError(explain("the net has no layer to write", got=f"{len(kept)} layers"))
    return result


def _leave_out_readers(net: Net, kept: list[bool]) -> None:
    """Of what a loss makes, the loss of each region, say, others make losses."""
    missing: set[str] = set()
    for index, wired in enumerate(net.wired):
        kept[index] &= missing.isdisjoint(wired.bottom_names)
        change = missing.difference_update if kept[index] else missing.update
        change(wired.top_names)


def _kept(net: Net, kept: list[bool]) -> Iterator[WiredLayer]:
    return (wired for wired, is_kept in zip(net.wired, kept, strict=True) if is_kept)


def _readers(net: Net, index: int) -> Iterator[int]:
    """The layers that read what a layer makes, as long as nobody writes there anew."""
    for name in net.wired[index].top_names:
        for later in range(index + 1, len(net.wired)):
            if name in net.wired[later].bottom_names:
                yield later
            if name in net.wired[later].top_names:
                break


def _outputs(net: Net, layers: list[int]) -> Iterator[str]:
    """Names of what is made and not read, in the order in which it is made.

    What a Split has made for a loss is no output, where others read another copy.
    """
    open_names: dict[str, None] = {}
    for index in layers:
        wired = net.wired[index]
        for name in wired.bottom_names:
            open_names.pop(name, None)
        if not is_inserted_split(wired.layer.layer_param_):
            open_names.update(dict.fromkeys(wired.top_names))
    yield from open_names
