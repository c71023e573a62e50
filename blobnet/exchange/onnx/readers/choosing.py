"""Comparisons, and what is chosen by them: a Threshold's 0 and 1, as factors of both sides."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blobnet.exchange.onnx.node_reader import Mask, NodeReader
from blobnet.exchange.onnx.reader_register import reads

_TURNED = {"Greater": "Less", "Less": "Greater"}
_SAME = 16.7  # from here on softplus(x) is x, to the last bit of float32


@reads("Greater", "Less", "GreaterOrEqual", "LessOrEqual")
def compare(node: NodeReader) -> None:
    """Of a blob and a number, or of two blobs; layers are added where somebody reads it."""
    kind, or_equal = node.op_type.removesuffix("OrEqual"), node.op_type.endswith("OrEqual")
    if node.constant(0) is not None:
        kind, x, limit = _TURNED[kind], node.blob(1), _number(node, 0)
    elif node.constant(1) is not None:
        x, limit = node.blob(0), _number(node, 1)
    else:
        both = [node.blob(0), node.blob(1)]
        (x,) = node.layer("Eltwise", both, eltwise_param={"coeff": [1.0, -1.0]})
        limit = 0.0
    is_above = kind == "Greater"
    if or_equal:  # x >= c is what x < c is not
        node.values.masks[node.outputs[0]] = Mask(x, limit, not is_above, is_turned=True)
    else:
        node.values.masks[node.outputs[0]] = Mask(x, limit, is_above)


@reads("Not")
def not_(node: NodeReader) -> None:
    mask = node.mask()
    node.values.masks[node.outputs[0]] = mask._replace(is_turned=not mask.is_turned)


@reads("And", "Or")
def both_or_one(node: NodeReader) -> None:
    masks = [_as_blob(node, node.mask(0)), _as_blob(node, node.mask(1))]
    operation = {"operation": "PROD" if node.op_type == "And" else "MAX"}
    (made,) = node.layer("Eltwise", masks, eltwise_param=operation)
    node.values.masks[node.outputs[0]] = Mask(made, 0.5)


@reads("Where")
def where(node: NodeReader) -> None:
    """mask * a + (1 - mask) * b: exact, as one of the two factors is 0."""
    mask = node.mask()
    if _is_softplus(node, mask):
        node.give(node.blob(2))
        return
    numbers = [_number(node, k) if node.constant(k) is not None else None for k in (1, 2)]
    if numbers[0] is not None and numbers[1] is not None:
        line = {"scale": numbers[0] - numbers[1], "shift": numbers[1]}
        node.layer("Power", [_as_blob(node, mask)], power_param=line, last=True)
        return
    parts = [
        (index, number, chosen)
        for index, number, chosen in zip((1, 2), numbers, (mask, _turned(mask)), strict=True)
        if number != 0
    ]
    blobs = [_part(node, *part, last=len(parts) == 1) for part in parts]
    if len(blobs) == 2:
        node.layer("Eltwise", blobs, last=True)


@reads("ThresholdedRelu")
def thresholded_relu(node: NodeReader) -> None:
    mask = _as_blob(node, Mask(node.blob(), float(node.attributes.get("alpha", 1.0))))
    node.layer("Eltwise", [node.blob(), mask], eltwise_param={"operation": "PROD"}, last=True)


def mask_as_floats(node: NodeReader) -> None:
    """What a Cast to floats makes of a comparison: 0 and 1."""
    node.give(_as_blob(node, node.mask()))


def _part(node: NodeReader, index: int, number: float | None, mask: Mask, last: bool) -> str:
    """One side where it is chosen, 0 elsewhere."""
    chosen = _as_blob(node, mask)
    if number is not None:
        return node.layer("Power", [chosen], power_param={"scale": number}, last=last)[0]
    x = node.blob(index)
    if node.shape_of(x) != node.shape_of(chosen):
        shapes = f"{node.shape_of(chosen)} and {node.shape_of(x)}"
        raise node.error("it chooses among values of one shape alone", got=shapes)
    product = {"operation": "PROD"}
    return node.layer("Eltwise", [x, chosen], eltwise_param=product, last=last)[0]


def _as_blob(node: NodeReader, mask: Mask) -> str:
    """The 0 and 1 of a comparison."""
    x, limit = mask.blob, mask.limit
    if not mask.is_above:
        (x,) = node.layer("Power", [x], power_param={"scale": -1.0})
        limit = -limit
    (made,) = node.layer("Threshold", [x], threshold_param={"threshold": limit})
    if mask.is_turned:
        (made,) = node.layer("Power", [made], power_param={"scale": -1.0, "shift": 1.0})
    return made


def _turned(mask: Mask) -> Mask:
    return mask._replace(is_turned=not mask.is_turned)


def _is_softplus(node: NodeReader, mask: Mask) -> bool:
    """Whether it takes x in place of softplus(x) where both are the same, as PyTorch does."""
    if not mask.is_above or mask.is_turned or mask.limit < _SAME:
        return False
    if not (node.is_blob(1) and node.is_blob(2) and node.blob(1) == mask.blob):
        return False
    layers: list[Any] = [layer for layer in node.maker.param.layer if node.blob(2) in layer.top]
    return bool(layers) and layers[-1].type == "BNLL" and list(layers[-1].bottom) == [mask.blob]


def _number(node: NodeReader, index: int) -> float:
    values = node.known(index, "number")
    if values.size and (values == values.reshape(-1)[0]).all():
        number = float(np.float32(values.reshape(-1)[0]))
        if math.isfinite(number):
            return number
    raise node.error("only one finite number for all is read", got=f"shape {values.shape}")
