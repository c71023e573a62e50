"""Constants of an ONNX model as arrays: what a tensor promises is compared with what is there.

Values may lie in files beside the model. A model names them; so only files within its folder are
opened, and nothing that a link leads to elsewhere.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.packages import onnx
from blobnet.input_files import open_file, stored_bytes
from blobnet.limits import check_bytes
from blobnet.types import Array

_KINDS = {
    1: np.float32, 2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32, 7: np.int64,
    9: np.bool_, 10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64,
}  # fmt: skip
"""By the numbers of TensorProto.DataType."""
_EXTERNAL = 1


def tensor_array(tensor: Any, folder: Path) -> Array:
    """The values of a TensorProto; of floats as float32.

    folder  where the model lies, for values in files of their own

    Raises NetError for what is no such tensor: unknown types, values that are not there.
    """
    who = f"the constant '{tensor.name}'"
    dims = list(tensor.dims)
    if tensor.data_type not in _KINDS:
        raise NetError(explain(f"{who} is of a type that is not read", got=tensor.data_type))
    if any(dim < 0 for dim in dims):
        raise NetError(explain(f"{who} has no shape", got=dims))
    kind = np.dtype(_KINDS[tensor.data_type])
    wanted = math.prod(dims) * kind.itemsize
    if tensor.data_location == _EXTERNAL:
        _take_in(tensor, _external(tensor, who, wanted, folder))
        values = np.frombuffer(tensor.raw_data, kind.newbyteorder("<"))
    elif tensor.HasField("raw_data"):
        _check_size(who, wanted, len(tensor.raw_data))
        values = np.frombuffer(tensor.raw_data, kind.newbyteorder("<"))
    else:
        values = _from_fields(tensor, who, math.prod(dims))
    array = values.reshape(dims).astype(kind.newbyteorder("="), copy=False)
    return array.astype(np.float32, copy=False) if kind.kind == "f" else array


def _take_in(tensor: Any, data: bytes) -> None:
    """Let the tensor hold its values: ONNX Runtime then opens no file of the model's choice."""
    tensor.raw_data = data
    tensor.ClearField("external_data")
    tensor.ClearField("data_location")


def _from_fields(tensor: Any, who: str, count: int) -> Array:
    """Values in the field of their type."""
    fields = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data")
    there = max(len(getattr(tensor, field)) for field in fields)
    _check_size(who, count, there)
    try:
        values: Array = onnx().numpy_helper.to_array(tensor).reshape(-1)
    except Exception as error:
        raise NetError(explain(f"{who} cannot be read", got=error)) from error
    return values


def _external(tensor: Any, who: str, wanted: int, folder: Path) -> bytes:
    """The bytes of a tensor in a file within `folder`."""
    place = {entry.key: entry.value for entry in tensor.external_data}
    path = (folder / place.get("location", "")).resolve()
    if not place.get("location") or not path.is_relative_to(folder.resolve()):
        raise NetError(
            explain(
                f"{who} lies in a file outside of the model's folder, which is not opened",
                expected=f"a file in {folder}",
                got=place.get("location") or "no name",
                fix="put the file beside the model, and name it without a path",
            )
        )
    try:
        offset, length = int(place.get("offset", 0)), int(place.get("length", wanted))
    except ValueError as error:
        raise NetError(explain(f"{who} has no place in {path.name}", got=error)) from error
    _check_size(who, wanted, length)
    if offset < 0:
        raise NetError(explain(f"{who} has no place in {path.name}", got=f"offset {offset}"))
    with open_file(path, NetError) as file:
        there = path.stat().st_size
        if offset + wanted > there:
            _check_size(who, wanted, max(there - offset, 0))
        check_bytes(wanted, who, NetError, stored=stored_bytes(file.fileno()))
        file.seek(offset)
        return file.read(wanted)


def _check_size(who: str, wanted: int, there: int) -> None:
    if wanted != there:
        raise NetError(
            explain(
                f"{who} does not have the values that its shape wants",
                expected=wanted,
                got=there,
                fix="the file is cut off, or was changed: export it once more",
            )
        )
