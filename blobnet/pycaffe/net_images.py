"""What Classifier and Detector have in common: how images come into a net."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from blobnet.errors import NetError, explain
from blobnet.net import Net
from blobnet.pycaffe.transformer import Transformer
from blobnet.types import Array

Item = TypeVar("Item")


def image_transformer(
    net: Net,
    mean: Array | None,
    input_scale: float | None,
    raw_scale: float | None,
    channel_swap: Sequence[int] | None,
) -> Transformer:
    """From (H, W, K) to the net's first input, with those of the settings that are not None.

    Raises NetError where the net has no input of four axes.
    """
    name = net.inputs[0] if net.inputs else None
    shape = net.blobs[name].shape if name is not None else ()
    if name is None or len(shape) != 4:
        raise NetError(
            explain(
                f"{net.name or 'this net'}: images cannot be given to it",
                expected="an input of (N, K, H, W)",
                got=f"{name}: {shape}" if name is not None else "no inputs",
                fix="take the deploy.prototxt, which has an input in the place of the data layers",
            )
        )
    transformer = Transformer({name: shape})
    transformer.set_transpose(name, (2, 0, 1))
    if mean is not None:
        transformer.set_mean(name, mean)
    if input_scale is not None:
        transformer.set_input_scale(name, input_scale)
    if raw_scale is not None:
        transformer.set_raw_scale(name, raw_scale)
    if channel_swap is not None:
        transformer.set_channel_swap(name, channel_swap)
    return transformer


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one shorter, taken as they are asked for."""
    waiting = iter(items)
    while chunk := list(islice(waiting, size)):
        yield chunk
