"""The same values on other axes, in another order, cut apart and put together."""

from __future__ import annotations

import math
from itertools import accumulate

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads
from blobnet.types import Array

_MOST_PARTS = 64  # of an axis, put together by one Concat


@reads("Flatten")
def flatten(node: NodeReader) -> None:
    shape, axis = node.shape(), node.attributes.get("axis", 1)
    axis = axis + len(shape) if axis < 0 else axis
    if axis == 1 and len(shape) > 1:
        node.layer("Flatten", [node.blob()], last=True)
    else:
        dims = [math.prod(shape[:axis]), math.prod(shape[axis:])]
        node.layer("Reshape", [node.blob()], reshape_param={"shape": {"dim": dims}}, last=True)


@reads("Reshape")
def reshape(node: NodeReader) -> None:
    dims, shape = node.numbers(1, "shape") or [], node.shape()
    dims = [shape[k] if dim == 0 and k < len(shape) else dim for k, dim in enumerate(dims)]
    if min(dims, default=0) < -1 or dims.count(-1) > 1:
        raise node.error("that is no shape", got=dims)
    if -1 in dims:
        rest = math.prod(dim for dim in dims if dim != -1)
        if not rest or math.prod(shape) % rest:
            raise node.error("the values do not fit", got=f"{shape} as {dims}")
        dims[dims.index(-1)] = math.prod(shape) // rest
    node.reshaped(node.blob(), dims, last=True)


@reads("Squeeze")
def squeeze(node: NodeReader) -> None:
    shape = node.shape()
    axes = node.numbers(1, "axes")
    if axes is None:
        axes = [axis for axis, length in enumerate(shape) if length == 1]
    gone = {node.axis(axis) for axis in axes}
    dims = [length for axis, length in enumerate(shape) if axis not in gone]
    node.reshaped(node.blob(), dims, last=True)


@reads("Unsqueeze")
def unsqueeze(node: NodeReader) -> None:
    dims, axes = list(node.shape()), node.numbers(1, "axes") or []
    count = len(dims) + len(axes)
    for axis in sorted(axis % count for axis in axes):
        dims.insert(axis, 1)
    node.reshaped(node.blob(), dims, last=True)


@reads("Transpose")
def transpose(node: NodeReader) -> None:
    axes = len(node.shape())
    order = node.attributes.get("perm") or list(range(axes))[::-1]
    node.layer("Permute", [node.blob()], permute_param={"order": order}, last=True)


@reads("Concat")
def concat(node: NodeReader) -> None:
    axis = node.axis(node.attributes["axis"])
    blobs = [node.blob(index) for index in range(len(node.inputs))]
    node.layer("Concat", blobs, concat_param={"axis": axis}, last=True)


@reads("Split")
def split(node: NodeReader) -> None:
    axis = node.axis(node.attributes.get("axis", 0))
    length, parts = node.shape()[axis], len(node.outputs)
    lengths = node.numbers(1, "split")
    if lengths is None:
        step = -(-length // parts)
        lengths = [min(step, length - k * step) for k in range(parts)]
    if len(lengths) != parts or sum(lengths) != length or min(lengths) < 1:
        raise node.error("the parts do not make up the axis", got=f"{lengths} of {length}")
    points = list(accumulate(lengths))[:-1]
    param = {"axis": axis, "slice_point": points}
    node.layer("Slice", [node.blob()], tops=parts, slice_param=param, last=True)


@reads("Slice")
def slice_(node: NodeReader) -> None:
    """A range of one axis after the other; what is beside it is silenced."""
    x = node.blob()
    starts, ends = (node.numbers(k, name) for k, name in ((1, "starts"), (2, "ends")))
    if starts is None or ends is None:
        raise node.error("a range needs a beginning and an end")
    axes = node.numbers(3, "axes") or list(range(len(starts)))
    steps = node.numbers(4, "steps") or [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        x = _stepped(node, x, node.axis(axis), slice(start, end, step))
    node.give(x)


def _stepped(node: NodeReader, x: str, axis: int, cut: slice) -> str:
    """x[start:end:step] along an axis: turned round, or of each step its first."""
    length = node.shape_of(x)[axis]
    if cut.step < 0:
        if cut.stop is not None and cut.stop < -length:  # behind the first, as exporters write it
            cut = slice(cut.start, None, cut.step)
        picked = range(*cut.indices(length))
        if not picked:
            raise node.error("nothing is left", got=f"{cut} of {length}")
        x = part(node, x, axis, picked[-1], picked[0] + 1)
        (x,) = node.layer("Reverse", [x], reverse_param={"axis": axis})
        cut = slice(0, length, -cut.step)
        return _each(node, x, axis, cut.step)
    return _each(node, part(node, x, axis, cut.start, cut.stop), axis, cut.step)


def _each(node: NodeReader, x: str, axis: int, step: int) -> str:
    """Of every so many the first: a pooling of single pixels, which are the axis as an image."""
    if step == 1:
        return x
    count = -(-node.shape_of(x)[axis] // step)
    x = part(node, x, axis, 0, (count - 1) * step + 1)  # so that no window begins behind it
    shape = node.shape_of(x)
    flat = (1, math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :]))
    words = {"pool": "MAX", "kernel_size": 1, "stride_h": step, "stride_w": 1}
    (picked,) = node.layer("Pooling", [node.reshaped(x, flat)], pooling_param=words)
    return node.reshaped(picked, (*shape[:axis], count, *shape[axis + 1 :]))


@reads("Gather")
def gather(node: NodeReader) -> None:
    """Rows of a table; or of a blob one index, or some: parts of the axis, put together."""
    table = node.constant(0)
    if table is not None:
        _embed(node, table)
        return
    index, axis = node.known(1, "index"), node.axis(node.attributes.get("axis", 0))
    length = node.shape()[axis]
    picked = [int(one) % length for one in index.reshape(-1)] if length else []
    cuts = _in_steps(picked)
    if not 0 < len(cuts) <= _MOST_PARTS:
        what = f"picked are 1 to {_MOST_PARTS} parts, each at even steps"
        raise node.error(what, got=f"{len(cuts)} parts: {picked[:20]}")
    parts = [_stepped(node, node.blob(), axis, cut) for cut in cuts]
    x = parts[0]
    if len(parts) > 1:
        (x,) = node.layer("Concat", parts, concat_param={"axis": axis})
    if index.ndim == 1:
        node.give(x)
        return
    shape = list(node.shape_of(x))
    shape[axis : axis + 1] = index.shape
    node.reshaped(x, shape, last=True)


def _in_steps(picked: list[int]) -> list[slice]:
    """Whole numbers as ranges, each as long as it can be: 0 2 4 1 3 5 as 0:5:2 and 1:6:2."""
    cuts: list[slice] = []
    place = 0
    while place < len(picked):
        first = picked[place]
        step = picked[place + 1] - first if place + 1 < len(picked) else 1
        count = 1
        while (
            step and place + count < len(picked) and picked[place + count] == first + count * step
        ):
            count += 1
        stop = first + count * step if step else first + 1
        cuts.append(slice(first, stop if stop >= 0 else None, step or 1))
        place += count
    return cuts


def _embed(node: NodeReader, table: Array) -> None:
    """Rows of a constant, by numbers that are computed."""
    if table.ndim != 2 or node.attributes.get("axis", 0):
        raise node.error("only rows of a matrix are looked up", got=table.shape)
    rows, width = table.shape
    param = {"input_dim": rows, "num_output": width, "bias_term": False}
    numbers = node.values.blob_of[node.inputs[1]]
    node.layer("Embed", [numbers], [table], embed_param=param, last=True)


def part(node: NodeReader, x: str, axis: int, start: int, end: int) -> str:
    """x[start:end] along an axis."""
    length = node.shape_of(x)[axis]
    begin, stop, _ = slice(start, end).indices(length)
    if begin >= stop:
        raise node.error("nothing is left", got=f"{start} to {end} of {length}")
    if (begin, stop) == (0, length):
        return x
    points = [point for point in (begin, stop) if 0 < point < length]
    param = {"axis": axis, "slice_point": points}
    parts = node.layer("Slice", [x], tops=len(points) + 1, slice_param=param)
    wanted = parts[1 if begin else 0]
    node.layer("Silence", [one for one in parts if one != wanted], tops=0)
    return wanted


@reads("Tile")
def tile(node: NodeReader) -> None:
    x = node.blob()
    for axis, tiles in enumerate(node.numbers(1, "repeats") or []):
        if tiles != 1:
            (x,) = node.layer("Tile", [x], tile_param={"axis": axis, "tiles": tiles})
    node.give(x)


@reads("Expand")
def expand(node: NodeReader) -> None:
    """A Tile for each axis of length 1 that becomes longer."""
    shape, wanted = node.shape(), node.numbers(1, "shape") or []
    wide = (1,) * (len(wanted) - len(shape)) + shape
    full = [1] * (len(wide) - len(wanted)) + wanted
    if any(1 not in (old, new) and old != new for old, new in zip(wide, full, strict=True)):
        raise node.error("it does not fit", got=f"{shape} as {wanted}")
    x = node.blob() if wide == shape else node.reshaped(node.blob(), wide)
    for axis, (old, new) in enumerate(zip(wide, full, strict=True)):
        if old < new:
            (x,) = node.layer("Tile", [x], tile_param={"axis": axis, "tiles": new})
    node.give(x)
