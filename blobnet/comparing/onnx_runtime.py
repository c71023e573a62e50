"""ONNX models in ONNX Runtime, on the CPU (extra `onnx`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from blobnet.errors import NetError, explain
from blobnet.extras import import_extra
from blobnet.types import Array

_FIX = "update onnxruntime; if it stays, please report the message and the net"
_KINDS: dict[str, Any] = {
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
}
"""What ONNX Runtime calls types; blobs are float32."""


def open_session(model: Any) -> Any:
    """The model, a ModelProto, in ONNX Runtime. Raises NetError with its reason if it refuses."""
    runtime = import_extra("onnxruntime", "onnx", "running an ONNX model")
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    try:
        return runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        what = "ONNX Runtime does not take the model"
        raise NetError(explain(what, got=str(error), fix=_FIX)) from error


def run_session(session: Any, names: Sequence[str], feed: Mapping[str, Array]) -> list[Array]:
    """What a session makes of inputs, those that it wants, in the types that it wants them in.

    Raises NetError where it cannot run.
    """
    wanted = {one.name: _KINDS.get(one.type, np.float32) for one in session.get_inputs()}
    given = {key: np.asarray(feed[key], kind) for key, kind in wanted.items() if key in feed}
    try:
        made = session.run(list(names), given)
    except Exception as error:
        what = "ONNX Runtime cannot run the model"
        raise NetError(explain(what, got=str(error), fix=_FIX)) from error
    return [np.asarray(values) for values in made]


def session_for(model: Any, names: Iterable[str]) -> tuple[Any, list[str]]:
    """A session whose outputs are these values, and those of them that nodes of the model make."""
    helper = import_extra("onnx.helper", "onnx", "reading and writing ONNX")
    made = {name for node in model.graph.node for name in node.output}
    wanted = [name for name in dict.fromkeys(names) if name in made]
    other = type(model)()
    other.CopyFrom(model)
    del other.graph.output[:]
    other.graph.output.extend(
        helper.make_tensor_value_info(name, helper.TensorProto.FLOAT, None) for name in wanted
    )
    return open_session(other), wanted
