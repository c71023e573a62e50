"""ONNX models made by hand, as a stranger's exporter would write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
helper = pytest.importorskip("onnx.helper")
FLOAT = 1


def node(op_type: str, inputs: list[str], outputs: list[str], **attributes):
    return helper.make_node(op_type, inputs, outputs, name=f"the_{op_type}", **attributes)


def model(
    nodes: list,
    shape: tuple | list | dict,
    constants: dict[str, np.ndarray] | None = None,
    outputs: tuple[str, ...] = ("y",),
    opset: int = 17,
):
    """A model of these nodes with an input `x`, or inputs by name; its ModelProto."""
    for k, one in enumerate(nodes):
        if any(one.name == before.name for before in nodes[:k]):
            one.name += f"_{k}"  # ONNX Runtime takes no two of one name
    shapes = shape if isinstance(shape, dict) else {"x": shape}
    graph = helper.make_graph(
        nodes,
        "by_hand",
        [helper.make_tensor_value_info(name, FLOAT, list(dims)) for name, dims in shapes.items()],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
        [
            onnx.numpy_helper.from_array(np.asarray(values), name)
            for name, values in (constants or {}).items()
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = 8
    return made


def saved(made, folder: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(made.SerializeToString())
    return path
