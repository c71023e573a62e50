"""Nodes that compute constants from constants and shapes: computed here, they are no layers.

Exporters write the shape of a Reshape as some of these. Each result is of bounded size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from blobnet.errors import NetError
from blobnet.limits import check_bytes
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array

Attributes = dict[str, Any]
_KINDS: dict[int, Any] = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float32}
Fold = Callable[[Sequence[Array], Attributes], Array]


def _axes(inputs: Sequence[Array], attributes: Attributes, index: int = 1) -> list[int]:
    """As an input since opset 13, as an attribute before."""
    if len(inputs) > index:
        return [int(axis) for axis in inputs[index].reshape(-1)]
    return [int(axis) for axis in attributes.get("axes", [])]


def _unsqueeze(inputs: Sequence[Array], attributes: Attributes) -> Array:
    return np.expand_dims(inputs[0], tuple(_axes(inputs, attributes)))


def _squeeze(inputs: Sequence[Array], attributes: Attributes) -> Array:
    return np.squeeze(inputs[0], tuple(_axes(inputs, attributes)) or None)


def _slice(inputs: Sequence[Array], attributes: Attributes) -> Array:
    if len(inputs) == 1:
        starts, ends = attributes["starts"], attributes["ends"]
        axes, steps = attributes.get("axes"), None
    else:
        starts, ends = inputs[1].tolist(), inputs[2].tolist()
        axes = inputs[3].tolist() if len(inputs) > 3 else None
        steps = inputs[4].tolist() if len(inputs) > 4 else None
    cut: list[Any] = [slice(None)] * inputs[0].ndim
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        cut[axes[k] if axes else k] = slice(start, end, steps[k] if steps else 1)
    kept: Array = inputs[0][tuple(cut)]
    return kept


def _reshape(inputs: Sequence[Array], attributes: Attributes) -> Array:
    dims = [int(dim) for dim in inputs[1]]
    shape = [inputs[0].shape[k] if dim == 0 else dim for k, dim in enumerate(dims)]
    reshaped: Array = inputs[0].reshape(shape)
    return reshaped


def _filled(inputs: Sequence[Array], attributes: Attributes) -> Array:
    value = attributes.get("value")
    shape = [int(length) for length in inputs[0]]
    kind = np.dtype(np.float32) if value is None else value.dtype
    _check(shape, kind.itemsize)
    return np.full(shape, 0 if value is None else value.reshape(-1)[0], kind)


def _expand(inputs: Sequence[Array], attributes: Attributes) -> Array:
    shape = np.broadcast_shapes(inputs[0].shape, tuple(int(length) for length in inputs[1]))
    _check(shape, inputs[0].itemsize)
    expanded: Array = np.broadcast_to(inputs[0], shape).copy()
    return expanded


def _range(inputs: Sequence[Array], attributes: Attributes) -> Array:
    start, limit, step = (one.reshape(-1)[0] for one in inputs)
    _check([max(0, math.ceil((limit - start) / step))], 8)
    numbers: Array = np.arange(start, limit, step, dtype=inputs[0].dtype)
    return numbers


def _cast(inputs: Sequence[Array], attributes: Attributes) -> Array:
    kinds: dict[int, Any] = {
        1: np.float32,
        6: np.int32,
        7: np.int64,
        9: np.bool_,
        10: np.float32,
        11: np.float32,
    }
    return inputs[0].astype(kinds[attributes["to"]])


def _divide(inputs: Sequence[Array], attributes: Attributes) -> Array:
    if inputs[0].dtype.kind != "f":  # toward 0, as in C
        return np.trunc(inputs[0] / inputs[1]).astype(inputs[0].dtype)
    quotient: Array = np.divide(inputs[0], inputs[1])
    return quotient


def _check(shape: Sequence[int], itemsize: int) -> None:
    check_bytes(math.prod(shape) * itemsize, "a constant of the model", NetError)


_FOLDS: dict[str, Fold] = {
    "Add": lambda x, a: x[0] + x[1],
    "Cast": _cast,
    "Ceil": lambda x, a: np.ceil(x[0]),
    "Concat": lambda x, a: np.concatenate([np.atleast_1d(one) for one in x], a["axis"]),
    "ConstantOfShape": _filled,
    "Div": _divide,
    "Equal": lambda x, a: x[0] == x[1],
    "Expand": _expand,
    "Floor": lambda x, a: np.floor(x[0]),
    "Gather": lambda x, a: np.take(x[0], x[1].astype(np.int64), axis=a.get("axis", 0)),
    "Greater": lambda x, a: x[0] > x[1],
    "Identity": lambda x, a: x[0],
    "Less": lambda x, a: x[0] < x[1],
    "Mul": lambda x, a: x[0] * x[1],
    "Neg": lambda x, a: -x[0],
    "Not": lambda x, a: ~x[0],
    "Range": _range,
    "Reshape": _reshape,
    "Slice": _slice,
    "Sqrt": lambda x, a: np.sqrt(x[0]),
    "Squeeze": _squeeze,
    "Sub": lambda x, a: x[0] - x[1],
    "Transpose": lambda x, a: np.transpose(x[0], a.get("perm")),
    "Unsqueeze": _unsqueeze,
    "Where": lambda x, a: np.where(x[0], x[1], x[2]),
}


def can_fold(op_type: str) -> bool:
    """Whether such nodes are computed here, of constants."""
    return op_type in _FOLDS


def folded(op_type: str, inputs: Sequence[Array], attributes: Attributes) -> Array | None:
    """What a node makes of constants; None for one that is not computed here.

    Raises NetError for a result that is too large, or that there is none of.
    """
    fold = _FOLDS.get(op_type)
    if fold is None:
        return None
    try:
        shapes = [one.shape for one in inputs]
        if op_type in ("Add", "Sub", "Mul", "Div", "Where", "Equal", "Greater", "Less"):
            _check(np.broadcast_shapes(*shapes), 8)
        with overflow_allowed():
            return np.asarray(fold(inputs, attributes))
    except NetError:
        raise
    except Exception as error:
        raise NetError(f"{op_type} of constants: {error}") from error
