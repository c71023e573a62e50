"""Sums, products and maxima: of two blobs of one shape, with a smaller blob, or a constant."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader, as_floats
from blobnet.exchange.onnx.reader_register import reads
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array, Shape


@reads("Add", "Sub", "Mul", "Div")
def arithmetic(node: NodeReader) -> None:
    constants = [node.constant(index) for index in (0, 1)]
    if constants[1] is not None:
        _with_constant(node, as_floats(constants[1]))
    elif constants[0] is not None:
        _from_constant(node, as_floats(constants[0]))
    elif node.shape(0) == node.shape(1):
        _of_two(node)
    else:
        _with_smaller(node)


@reads("Sum", "Mean")
def sum_(node: NodeReader) -> None:
    blobs = [node.blob(index) for index in range(len(node.inputs))]
    share = 1 / len(blobs) if node.op_type == "Mean" else 1.0
    if len(blobs) == 1:
        node.give(blobs[0])
        return
    node.layer("Eltwise", blobs, eltwise_param={"coeff": [share] * len(blobs)}, last=True)


@reads("Max", "Min")
def extremes(node: NodeReader) -> None:
    """Of blobs of one shape, or with one number."""
    if len(node.inputs) == 2 and any(node.constant(k) is not None for k in (0, 1)):
        k = 0 if node.constant(0) is not None else 1
        limit = float(_one_number(node, node.known(k, "limit")))
        largest = float(np.finfo(np.float32).max)
        is_max = node.op_type == "Max"
        param = {"min": limit if is_max else -largest, "max": largest if is_max else limit}
        if is_max and limit == 0:
            node.layer("ReLU", [node.blob(1 - k)], last=True)
        else:
            node.layer("Clip", [node.blob(1 - k)], clip_param=param, last=True)
        return
    blobs = [node.blob(index) for index in range(len(node.inputs))]
    if node.op_type == "Max":
        node.layer("Eltwise", blobs, eltwise_param={"operation": "MAX"}, last=True)
        return
    turned = [node.layer("Power", [x], power_param={"scale": -1.0})[0] for x in blobs]
    (largest_,) = node.layer("Eltwise", turned, eltwise_param={"operation": "MAX"})
    node.layer("Power", [largest_], power_param={"scale": -1.0}, last=True)


@reads("Pow")
def pow_(node: NodeReader) -> None:
    power = float(_one_number(node, node.known(1, "exponent")))
    node.layer("Power", [node.blob()], power_param={"power": power}, last=True)


def _of_two(node: NodeReader) -> None:
    a, b = node.blob(0), node.blob(1)
    if node.op_type == "Div":
        (b,) = node.layer("Power", [b], power_param={"power": -1.0})
    param: dict[str, Any] = {"operation": "PROD"}
    if node.op_type in ("Add", "Sub"):
        param = {"coeff": [1.0, -1.0]} if node.op_type == "Sub" else {}
    node.layer("Eltwise", [a, b], eltwise_param=param, last=True)


# --- a constant -----------------------------------------------------------------------------------


def _with_constant(node: NodeReader, values: Array) -> None:
    """x op constant."""
    if node.op_type in ("Sub", "Div"):
        with overflow_allowed():
            values = -values if node.op_type == "Sub" else 1 / values
    is_sum = node.op_type in ("Add", "Sub")
    if is_sum and _is_taken_in(node, values):
        return
    x = node.blob(0 if node.is_blob(0) else 1)
    if values.size == 1:
        key = "shift" if is_sum else "scale"
        node.layer("Power", [x], power_param={key: float(values.reshape(-1)[0])}, last=True)
        return
    axis, fitting = _part_of(node, node.shape_of(x), values)
    if is_sum:
        param = {"axis": axis, "num_axes": fitting.ndim}
        node.layer("Bias", [x], [fitting], bias_param=param, last=True)
    else:
        scale = {"axis": axis, "num_axes": fitting.ndim}
        node.layer("Scale", [x], [fitting], scale_param=scale, last=True)


def _from_constant(node: NodeReader, values: Array) -> None:
    """constant op x: - x + constant, or constant * (1 / x)."""
    if node.op_type in ("Sub", "Div"):
        param = {"scale": -1.0} if node.op_type == "Sub" else {"power": -1.0}
        (x,) = node.layer("Power", [node.blob(1)], power_param=param)
        node.values.blob_of[node.inputs[1]], kept = x, node.values.blob_of[node.inputs[1]]
        node.op_type = "Add" if node.op_type == "Sub" else "Mul"
        _with_constant(node, values)
        node.values.blob_of[node.inputs[1]] = kept
    else:
        _with_constant(node, values)


def _is_taken_in(node: NodeReader, values: Array) -> bool:
    """A bias behind a product that has none becomes its own: MatMul and Add are one layer."""
    source = node.inputs[0] if node.is_blob(0) else node.inputs[1]
    blob, maker = node.values.blob_of[source], node.maker
    if node.values.uses.get(source, 0) != 1 or not len(maker.param.layer):
        return False
    layer = maker.param.layer[-1]
    if layer.type != "InnerProduct" or layer.inner_product_param.bias_term or blob not in layer.top:
        return False
    outputs = layer.inner_product_param.num_output
    if values.size != outputs or values.shape[-1] != outputs:
        return False
    layer.inner_product_param.bias_term = True
    maker.weights[layer.name].append(values.reshape(-1))
    name = maker.unique_blob(node.outputs[0])
    layer.top[0] = name
    maker.blobs[name] = maker.blobs.pop(blob)
    node.give(name)
    return True


def _part_of(node: NodeReader, shape: Shape, values: Array) -> tuple[int, Array]:
    """From which axis on a constant fits to x, and it without the axes of length 1 around."""
    wide = values.reshape((1,) * (len(shape) - values.ndim) + values.shape)
    if wide.ndim != len(shape):
        raise node.error("a constant has more axes than what it is applied to", got=values.shape)
    used = [axis for axis in range(wide.ndim) if wide.shape[axis] != 1]
    first, last = used[0], used[-1]
    fitting = wide.reshape(wide.shape[first : last + 1])
    if fitting.shape != shape[first : last + 1]:
        wanted = shape[first : last + 1]
        fitting = np.ascontiguousarray(np.broadcast_to(fitting, wanted))
    return first, fitting


def _one_number(node: NodeReader, values: Array) -> float:
    if values.size != 1:
        raise node.error("only one number for all is read", got=f"shape {values.shape}")
    return float(values.reshape(-1)[0])


# --- a smaller blob -------------------------------------------------------------------------------


def _with_smaller(node: NodeReader) -> None:
    """One of the two is repeated along axes at its end, or in front: Scale or Bias with it."""
    large, small = (0, 1) if np.prod(node.shape(0)) >= np.prod(node.shape(1)) else (1, 0)
    x, operand = node.blob(large), node.blob(small)
    if node.op_type in ("Sub", "Div"):
        if large != 0:
            raise node.error("the smaller one must be the second", got=node.shape(0))
        param = {"scale": -1.0} if node.op_type == "Sub" else {"power": -1.0}
        (operand,) = node.layer("Power", [operand], power_param=param)
    shape, its = node.shape_of(x), node.shape_of(operand)
    if not its:
        type_name = "Bias" if node.op_type in ("Add", "Sub") else "Scale"
        node.layer(type_name, [x, operand], last=True)
        return
    wide = (1,) * (len(shape) - len(its)) + its
    used = [axis for axis, length in enumerate(wide) if length != 1] or [0]
    first, last = used[0], used[-1]
    if shape[0] == wide[0]:  # the batch, even of one
        first = 0
    if wide[first : last + 1] != shape[first : last + 1]:
        _of_repeated(node, x, operand, wide)
        return
    if its != wide[first : last + 1]:
        operand = node.reshaped(operand, wide[first : last + 1])
    if node.op_type in ("Add", "Sub"):
        node.layer("Bias", [x, operand], bias_param={"axis": first}, last=True)
    else:
        node.layer("Scale", [x, operand], scale_param={"axis": first}, last=True)


def _of_repeated(node: NodeReader, x: str, operand: str, wide: Shape) -> None:
    """With a blob that lacks axes in the middle: it is repeated first, then as large as x."""
    shape = node.shape_of(x)
    if any(length not in (1, wanted) for length, wanted in zip(wide, shape, strict=True)):
        raise node.error("these shapes are not read together", got=f"{shape} and {wide}")
    if node.shape_of(operand) != wide:
        operand = node.reshaped(operand, wide)
    for axis, (length, tiles) in enumerate(zip(wide, shape, strict=True)):
        if length != tiles:
            param = {"axis": axis, "tiles": tiles}
            (operand,) = node.layer("Tile", [operand], tile_param=param)
    product = {"operation": "PROD"} if node.op_type in ("Mul", "Div") else {}
    node.layer("Eltwise", [x, operand], eltwise_param=product, last=True)
