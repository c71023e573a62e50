"""Shapes: what a blob can have, how many values it means, how files state it.

Caffe: blob.hpp.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Iterable, Sequence

from blobnet.errors import BlobError, explain
from blobnet.proto import BlobProto
from blobnet.types import Shape

MAX_AXES = 32
MAX_COUNT = sys.maxsize // 8  # float64 values that an address can reach


class Count(int):
    """The number of values of a blob; called with axes, the number in a range of axes.

    `blob.count` is a number, as in pycaffe; `blob.count(1)` and `blob.count(1, 3)` count from
    an axis on, or between two axes, as in Caffe's C++.
    """

    _shape: Shape

    def __new__(cls, shape: Shape) -> Count:
        self = super().__new__(cls, math.prod(shape))
        self._shape = shape
        return self

    def __call__(self, start: int = 0, end: int | None = None) -> int:
        return math.prod(self._shape[start:end])


def as_shape(dims: Sequence[int | Iterable[int]]) -> Shape:
    """`reshape(2, 3)` and `reshape((2, 3))` alike as a shape. Raises BlobError."""
    first = dims[0] if len(dims) == 1 else dims
    shape = tuple(map(operator.index, first if isinstance(first, Iterable) else (first,)))  # type: ignore[arg-type]
    if not is_possible(shape):
        raise BlobError(
            explain(
                "a blob cannot have this shape",
                expected=f"at most {MAX_AXES} axes, none negative, that memory can hold",
                got=shape_in_words(shape),
            )
        )
    return shape


def is_possible(shape: Shape) -> bool:
    """Whether a blob can have this shape; one of no values has to be none by its zeros alone."""
    if len(shape) > MAX_AXES or any(dim < 0 for dim in shape):  # a product of more takes long
        return False
    return math.prod(filter(None, shape)) <= MAX_COUNT


def shape_in_words(shape: Sequence[int]) -> str:
    """A shape as an error may show it, however many axes it has and whatever they are."""
    dims = [number_in_words(dim) for dim in shape[:MAX_AXES]]
    if len(shape) > MAX_AXES:
        return f"({', '.join(dims[:4])}, and so on: {len(shape)} axes)"
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"


def number_in_words(number: int) -> str:
    """A whole number as an error may show it: Python prints none of more than 4300 digits."""
    bits = number.bit_length()
    if bits <= 64:
        return str(int(number))
    return f"{'-' if number < 0 else ''}2^{bits - 1} or more"


def proto_shape(proto: BlobProto) -> Shape:
    """The shape that a stored blob states, in the old form (4 axes, 5 in C3D) or the new one."""
    if proto_is_legacy(proto):
        length = (proto.length,) if proto.HasField("length") else ()
        return (proto.num, proto.channels, *length, proto.height, proto.width)
    return tuple(proto.shape.dim)


def proto_is_legacy(proto: BlobProto) -> bool:
    """Whether a stored blob states its shape as num, channels, height and width."""
    return any(proto.HasField(field) for field in ("num", "channels", "height", "width"))


def by_axes(shape: Shape) -> str:
    """The sizes of the axes, 64 x 1 x 28 x 28; a blob without axes holds one number."""
    return "\N{MULTIPLICATION SIGN}".join(map(str, shape)) or "1 number"
