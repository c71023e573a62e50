"""An ONNX file as what is read of it: nodes, constants, inputs, outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from blobnet.errors import NetError, explain, printable
from blobnet.exchange.onnx.packages import onnx
from blobnet.exchange.onnx.tensors import tensor_array
from blobnet.input_files import read_file
from blobnet.types import Array, Shape

_MOST_BYTES = 2**31  # of a protobuf message
_FLOAT, _WHOLE, _LEAST_OPSET = 1, (6, 7), 7


@dataclass
class ModelFile:
    """A model.

    inputs     name to shape, of what is fed
    outputs    names
    constants  name to values
    whole      names of the inputs that are whole numbers, int32 or int64
    opset      of ONNX's own operators: what a node means depends on it
    message    the ModelProto, for ONNX Runtime
    """

    path: Path
    nodes: list[Any]
    inputs: dict[str, Shape]
    outputs: list[str]
    constants: dict[str, Array]
    whole: set[str]
    opset: int
    message: Any


def read_model(path: str | PathLike[str], shapes: Mapping[str, Shape]) -> ModelFile:
    """The model in a file. Its code is not run: there is none that could be.

    shapes  of inputs, where the model leaves axes open; an open first axis is 1 otherwise

    Raises NetError for what is no ONNX model, is older than opset 7, or has inputs that are neither
    float32 nor int32 or int64.
    """
    path = Path(path)
    message = _message(path)
    graph = message.graph
    if not graph.node:
        raise _no_model(path, "no nodes")
    if message.functions or graph.sparse_initializer:
        raise NetError(
            explain(
                f"{path.name}: functions of its own and sparse constants are not read",
                fix="export it without: torch.onnx.export(..., dynamo=False), or inline them "
                "(onnx.inliner)",
            )
        )
    opset = max((one.version for one in message.opset_import if not one.domain), default=0)
    if opset < _LEAST_OPSET:
        raise NetError(
            explain(
                f"{path.name}: the model is too old",
                expected=f"opset {_LEAST_OPSET} or newer",
                got=f"opset {opset}",
                fix="convert it: onnx.version_converter.convert_version(model, 17)",
            )
        )
    constants = {one.name: tensor_array(one, path.parent) for one in graph.initializer}
    inputs = {
        one.name: _shape(one, shapes.get(one.name))
        for one in graph.input
        if one.name not in constants
    }
    if unknown := set(shapes) - set(inputs):
        names = ", ".join(inputs)
        raise NetError(explain(f"a shape is given for '{unknown.pop()}'", expected=names))
    outputs = [one.name for one in graph.output]
    whole = {one.name for one in graph.input if one.type.tensor_type.elem_type in _WHOLE}
    return ModelFile(path, list(graph.node), inputs, outputs, constants, whole, opset, message)


def _message(path: Path) -> Any:
    """The ModelProto in a file."""
    message = onnx().ModelProto()
    try:
        message.ParseFromString(read_file(path, NetError, largest=_MOST_BYTES))
    except NetError:
        raise
    except Exception as error:  # protobuf's, of several modules
        raise _no_model(path, error) from error
    return message


def _shape(value: Any, given: Shape | None) -> Shape:
    """Of an input: as given, or as the model says it."""
    kind = value.type.tensor_type
    if kind.elem_type not in (_FLOAT, *_WHOLE):
        raise NetError(
            explain(
                f"the input '{value.name}' is neither float32 nor int64",
                got=onnx().TensorProto.DataType.Name(kind.elem_type)
                if kind.elem_type in onnx().TensorProto.DataType.values()
                else kind.elem_type,
                fix="blobs hold floats: export a model that takes floats",
            )
        )
    dims = [dim.dim_value for dim in kind.shape.dim]
    if given is not None:
        if len(given) != len(dims) or any(a and a != b for a, b in zip(dims, given, strict=True)):
            raise NetError(explain(f"'{value.name}' has another shape", expected=dims, got=given))
        return given
    if dims and not dims[0]:
        dims[0] = 1
    if not all(dim > 0 for dim in dims):
        text = ",".join(str(dim) if dim > 0 else "?" for dim in dims)
        raise NetError(
            explain(
                f"the model leaves the size of its input '{value.name}' open",
                fix=f"say it: --shape {printable(value.name)}={text}",
            )
        )
    return tuple(dims)


def _no_model(path: Path, reason: object) -> NetError:
    fix = "a PyTorch net becomes one by torch.onnx.export(net, (x,), 'model.onnx', dynamo=False)"
    return NetError(explain(f"{path.name}: is no ONNX model", got=reason, fix=fix))
