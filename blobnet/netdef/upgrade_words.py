"""What the upgrades of a net change, in words for whoever has the old file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from blobnet.netdef.upgrade_v1 import type_written_today
from blobnet.proto import LayerParameter, NetParameter, V1LayerParameter

_MOST = 8  # names or types that are listed


def changes_of_v0(net: NetParameter) -> str:
    """Layers of 2013."""
    types = Counter(connection.layer.type for connection in net.layers)
    words = _listed(name for name, _ in types.most_common())
    what = f'{_layers(len(net.layers))} of 2013, layers {{ layer {{ type: "conv" }} }}'
    return f"{what}, written as today: {words}"


def changes_of_v1(net: NetParameter) -> str:
    """Layers of 2014; nothing where those of 2013 were told."""
    types = Counter(layer.type for layer in net.layers if not layer.HasField("layer"))
    words = _listed(
        f'{V1LayerParameter.LayerType.Name(number)} is "{type_written_today(number)}"'
        for number, _ in types.most_common()
    )
    what = f"{_layers(len(net.layers))} of 2014, layers {{ type: CONVOLUTION }}"
    return f"{what}, written as today: {words}" if words else ""


def changes_of_data(net: NetParameter) -> str:
    """Settings of data layers."""
    return "scale, mean_file, crop_size and mirror of data layers are in transform_param"


def changes_of_input(net: NetParameter) -> str:
    """Inputs as fields of the net."""
    names = _listed(net.input)
    if net.input_shape or net.input_dim:
        return f"the net's `input` and its shape are an Input layer: {names}"
    return f"the net's `input`, which has no shape, is gone: {names}"


def changes_of_batch_norm(layers: Iterable[LayerParameter]) -> str:
    """Learning rates of statistics."""
    names = _listed(layer.name for layer in layers)
    return f"lr_mult and decay_mult of BatchNorm's statistics are 0: {names}"


def _layers(count: int) -> str:
    return "1 layer" if count == 1 else f"{count} layers"


def _listed(words: Iterable[str]) -> str:
    """The first of them, and how many there are besides."""
    all_words = list(words)
    more = len(all_words) - _MOST
    return ", ".join(all_words[:_MOST]) + (f" and {more} more" if more > 0 else "")
