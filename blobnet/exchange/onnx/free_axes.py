"""Which axes of the inputs need not have the length that the net was made with.

A graph that comes out the same for other lengths is free of them: so the net is given other
lengths, and its nodes are written again. What a net itself refuses is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from blobnet.errors import BlobError, LayerError, NetError
from blobnet.exchange.onnx.build import Built, build
from blobnet.exchange.onnx.deploy import Deployed
from blobnet.exchange.onnx.graph import Dims
from blobnet.exchange.onnx.register import is_shaped_by_values, varying_axis
from blobnet.net import Net
from blobnet.types import Shape

Axis = tuple[str, int]
"""An input's name and one of its axes."""
Axes = Sequence[int]


@dataclass
class FreeAxes:
    """What may vary.

    inputs   input name to its axes: a length, or the name of a free one
    outputs  output name to its axes; None where the length follows from free ones
    other    shapes of the inputs that differ from the net's in all free axes, where there are any
    """

    inputs: dict[str, Dims] = field(default_factory=dict)
    outputs: dict[str, Dims] = field(default_factory=dict)
    other: dict[str, Shape] | None = None


@dataclass
class _Group:
    """Axes that vary together, under names, and how they are lengthened."""

    names: dict[Axis, str]
    lengthen: list[dict[Axis, int]]


@contextmanager
def input_shapes(net: Net, part: Deployed, shapes: Mapping[str, Shape]) -> Iterator[None]:
    """Other shapes for a while. Raises what a layer raises that cannot have them."""
    before = {name: net.blobs[name].shape for name in shapes}
    try:
        _reshape(net, part, shapes)
        yield
    finally:
        _reshape(net, part, before)


def _reshape(net: Net, part: Deployed, shapes: Mapping[str, Shape]) -> None:
    """Of the layers that are written: others may want labels that fit."""
    for name, shape in shapes.items():
        net.blobs[name].reshape(shape)
    for index in part.layers:
        net.wired[index].update_shapes()


def find_free_axes(net: Net, part: Deployed, built: Built) -> FreeAxes:
    """Try the batch and the size of images, each by itself and then together."""
    shapes = {name: net.blobs[name].shape for name in part.inputs}
    seen = [_output_shapes(net, part)]
    free: dict[Axis, str] = {}
    together: dict[Axis, int] = {}
    layers = [net.wired[index].layer for index in part.layers]
    is_fixed = any(map(is_shaped_by_values, layers))  # by those of the net's own shapes
    for group in [] if is_fixed else _groups(shapes):
        tried = [(one, _try(net, part, built, _lengthened(shapes, one))) for one in group.lengthen]
        serving = [(one, outcome) for one, outcome in tried if isinstance(outcome, dict)]
        if not serving or any(outcome is False for _, outcome in tried):
            continue
        free.update(group.names)
        together.update(serving[0][0])
        seen += [outcome for _, outcome in serving]
    other = _lengthened(shapes, together)
    serves = bool(free) and isinstance(_try(net, part, built, other), dict)
    batches = {shapes[name][0]: symbol for (name, k), symbol in free.items() if not k}
    inputs: dict[str, Dims] = {
        name: tuple(free.get((name, axis), length) for axis, length in enumerate(shape))
        for name, shape in shapes.items()
    }
    outputs = _output_dims(seen, batches, _varying(net, part))
    return FreeAxes(inputs, outputs, other if serves else None)


def _output_dims(
    seen: list[dict[str, Shape]], batches: Mapping[int, str], varying: Mapping[str, Axes]
) -> dict[str, Dims]:
    return {
        name: tuple(
            None
            if axis in varying.get(name, ())
            else _dim([one[name] for one in seen], axis, batches.get(length))
            for axis, length in enumerate(shape)
        )
        for name, shape in seen[0].items()
    }


def _varying(net: Net, part: Deployed) -> dict[str, Axes]:
    """Blobs with axes whose length depends on values; of what is made of such a blob, all axes."""
    found: dict[str, Axes] = {}
    for index in part.layers:
        wired = net.wired[index]
        axis = varying_axis(wired.layer)
        if any(name in found for name in wired.bottom_names):
            found.update((name, range(32)) for name in wired.top_names)
        elif axis is not None:
            found.update((name, (axis,)) for name in wired.top_names)
    return found


def _dim(seen: list[Shape], axis: int, symbol: str | None) -> int | str | None:
    """An output's axis: its length where it never changed, the batch's name, or unknown."""
    if any(len(shape) != len(seen[0]) for shape in seen):
        return None
    lengths = {shape[axis] for shape in seen}
    if len(lengths) == 1:
        return lengths.pop()
    return symbol if axis == 0 else None


def _groups(shapes: Mapping[str, Shape]) -> Iterator[_Group]:
    """First axes of one length are a batch, or second ones; those of images behind are their size.

    Recurrent layers have timesteps first and streams behind.
    """
    yield from _rows(shapes, 0, "N")
    sequences = {name: shape for name, shape in shapes.items() if len(shape) in (2, 3)}
    yield from _rows(sequences, 1, "streams")
    sizes: dict[Shape, list[str]] = {}
    for name, shape in shapes.items():
        if len(shape) == 4:
            sizes.setdefault(shape[2:], []).append(name)
    for number, ((height, width), names) in enumerate(sizes.items()):
        symbols = ("H", "W") if not number else (f"{names[0]}_H", f"{names[0]}_W")
        yield _Group(
            {(name, 2 + k): symbols[k] for name in names for k in range(2)},
            [
                {(name, 2 + k): (height, width)[k] + more[k] for name in names for k in range(2)}
                for more in ((37, 21), (64, 32), (33, 46), (height, width))
            ],
        )


def _rows(shapes: Mapping[str, Shape], axis: int, symbol: str) -> Iterator[_Group]:
    """An axis of all inputs for which it has one length: their batch, or that of sequences."""
    batches: dict[int, list[str]] = {}
    for name, shape in shapes.items():
        if len(shape) > axis:
            batches.setdefault(shape[axis], []).append(name)
    for number, (length, names) in enumerate(batches.items()):
        axes = [(name, axis) for name in names]
        lengthen = [dict.fromkeys(axes, other) for other in (length + 1, 2 * length)]
        yield _Group(dict.fromkeys(axes, f"{names[0]}_{symbol}" if number else symbol), lengthen)


def _lengthened(shapes: Mapping[str, Shape], lengths: Mapping[Axis, int]) -> dict[str, Shape]:
    return {
        name: tuple(lengths.get((name, axis), length) for axis, length in enumerate(shape))
        for name, shape in shapes.items()
    }


def _try(
    net: Net, part: Deployed, built: Built, shapes: Mapping[str, Shape]
) -> dict[str, Shape] | bool | None:
    """The outputs' shapes where the graph serves; False where not; None where the net refuses."""
    try:
        with input_shapes(net, part, shapes):
            if not build(net, part).graph.is_like(built.graph):
                return False
            return _output_shapes(net, part)
    except (BlobError, LayerError, NetError, MemoryError):
        return None


def _output_shapes(net: Net, part: Deployed) -> dict[str, Shape]:
    return {name: net.blobs[name].shape for name in part.outputs}
