"""Random values for a net's inputs: numbers at will, and what means something to its reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from blobnet.exchange.onnx.register import sampler_of
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.types import Array, Shape
from blobnet.wired_layer import WiredLayer


def draw_inputs(
    net: Net, shapes: Mapping[str, Shape], rng: np.random.Generator, deviation: float
) -> dict[str, Array]:
    """Values of these shapes, of mean 0 and the given deviation; boxes, say, where they are read.

    The net has these shapes now: what is drawn may depend on other bottoms of a reader.
    """
    return {
        name: drawn
        if (drawn := _for_reader(net, name, rng)) is not None
        else np.asarray(deviation * rng.standard_normal(shape), np.float32)
        for name, shape in shapes.items()
    }


def _for_reader(net: Net, name: str, rng: np.random.Generator) -> Array | None:
    """What the first layer asks for that reads the blob as more than numbers."""
    for wired, index in _readers(net, name):
        sampler = sampler_of(wired.layer)
        if sampler is None:
            continue
        drawn = sampler(wired.layer, index, [blob.shape for blob in wired.bottom], rng)
        if drawn is not None:
            return drawn.astype(np.float32)
    return None


def _readers(net: Net, name: str) -> Iterator[tuple[WiredLayer, int]]:
    """Layers that read a blob, with the position among their bottoms."""
    names = {name}
    for wired in net.wired:
        for index, bottom in enumerate(wired.bottom_names):
            if bottom not in names:
                continue
            if is_inserted_split(wired.layer.layer_param_):
                names.update(wired.top_names)
            else:
                yield wired, index
