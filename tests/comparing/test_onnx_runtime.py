from __future__ import annotations

import numpy as np
import pytest

from blobnet.comparing.onnx_runtime import open_session, run_session, session_for
from blobnet.errors import NetError

pytest.importorskip("onnxruntime")
helper = pytest.importorskip("onnx.helper")


@pytest.fixture
def model():
    """y = relu(-x)."""
    values = [helper.make_tensor_value_info(name, 1, [3]) for name in "xy"]
    nodes = [helper.make_node("Neg", ["x"], ["n"]), helper.make_node("Relu", ["n"], ["y"])]
    graph = helper.make_graph(nodes, "by_hand", values[:1], values[1:])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    return made


X = np.array([1, -2, 3], np.float32)


def test_a_model_runs_and_inputs_that_it_has_not_are_passed_over(model):
    (y,) = run_session(open_session(model), ["y"], {"x": X, "other": X})
    assert y.tolist() == [0, 2, 0]


def test_values_between_are_told_and_the_model_stays(model):
    session, wanted = session_for(model, ["y", "n", "n", "nobody's"])
    assert wanted == ["y", "n"]
    assert run_session(session, ["n"], {"x": X})[0].tolist() == [-1, 2, -3]
    assert [one.name for one in model.graph.output] == ["y"]


def test_the_runtime_says_why_it_refuses(model):
    with pytest.raises(NetError, match="ONNX Runtime cannot run"):
        run_session(open_session(model), ["y"], {"x": X[:2]})
    model.graph.node[0].op_type = "Nag"
    with pytest.raises(NetError, match="does not take the model"):
        open_session(model)


def test_inputs_have_the_types_that_the_model_wants(model):
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = 7  # int64
    model.graph.node[1].op_type = "Abs"
    (y,) = run_session(open_session(model), ["y"], {"x": X})
    assert (y.dtype, y.tolist()) == (np.int64, [1, 2, 3])
