"""Python layers that blobnet brings along, in ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError
from blobnet.exchange.onnx.export import export_onnx
from tests.exchange.onnx.cases import in_runtime


def layer(name: str, module: str, bottoms: str, tops: str = "y", param: str = "") -> str:
    words = [f'bottom: "{one}"' for one in bottoms.split()]
    words += [f'top: "{one}"' for one in tops.split()]
    return (
        f'layer {{ name: "{name}" type: "Python" {" ".join(words)} '
        f'python_param {{ module: "{module}" layer: "{name}" param_str: "{param}" }} }}'
    )


def net_of(*layers: str, **shapes) -> blobnet.Net:
    text = "".join(
        f'layer {{ name: "{name}" type: "Input" top: "{name}" input_param {{ '
        f"shape {{ dim: {list(shape)} }} }} }}\n"
        for name, shape in shapes.items()
    )
    return blobnet.Net(blobnet.parse_net(text + "\n".join(layers)), "TEST")


PAD = "{'pad_t': 1, 'pad_b': 2, 'pad_l': 0, 'pad_r': 3, 'pad_mode': '%s'}"
SSH = ("ProposalLayer", "SSH.layers.proposal_layer", "s c i", "rois its")
CASES = {
    "the shape": ([layer("TensorShape", "shape", "x")], {"x": (2, 3, 4)}),
    "a pad of zeros": (
        [layer("PadTensor", "pad", "x", "y", PAD % "constant")],
        {"x": (2, 3, 4, 5)},
    ),
    "a pad of the edge": ([layer("PadTensor", "pad", "x", "y", PAD % "edge")], {"x": (1, 2, 4, 5)}),
    "a pad that reflects": (
        [layer("PadTensor", "pad", "x", "y", PAD % "reflect")],
        {"x": (1, 2, 4, 5)},
    ),
    "rows of length 1": ([layer("Norm2Layer", "norm2layer", "x")], {"x": (3, 7, 1, 1)}),
    "softmax": ([layer("SoftmaxLayer", "pylayers", "x")], {"x": (2, 5, 3, 3)}),
    "darknet's reorg": ([layer("darknet_reorg", "yolov2", "x")], {"x": (2, 8, 4, 6)}),
    "dropout of enet": (
        [layer("SpatialDropoutLayer", "spatial_dropout", "x", "y", "{'p': 0.2}")],
        {"x": (2, 3, 4, 4)},
    ),
    "faces": ([layer(*SSH)], {"s": (1, 18, 5, 4), "c": (1, 36, 5, 4), "i": (1, 3)}),
    "text": (
        [layer("ProposalLayer", "layers.text_proposal_layer", "s c i", "boxes its")],
        {"s": (1, 20, 3, 4), "c": (1, 20, 3, 4), "i": (1, 3)},
    ),
    "a shape that is computed": (
        [
            layer("TensorShape", "shape", "like", "shape"),
            layer("Reshape", "reshape", "x shape", "y"),
        ],
        {"x": (4, 6), "like": (2, 3, 4)},
    ),
}
for operation, coeff in enumerate(("", ", 'coeff': [2, -0.5]", "", "", "")):
    CASES[f"eltwise {operation}"] = (
        [layer("Eltwise", "eltwise", "a b", "y", f"{{'operation': {operation}{coeff}}}")],
        {"a": (2, 3, 4), "b": (3, 1)},
    )


@pytest.mark.parametrize("name", CASES)
def test_the_same_as_the_layer(name, tmp_path):
    layers, shapes = CASES[name]
    net, rng = net_of(*layers, **shapes), np.random.default_rng(1)
    path = tmp_path / "model.onnx"
    assert all(one.relative <= 1e-4 for one in export_onnx(net, path).differences)
    inputs = {blob: rng.normal(size=shape) for blob, shape in shapes.items()}
    if "i" in inputs:
        inputs["i"] = np.array([[60, 70, 0.9]])
    expected, made = net.forward(**inputs), in_runtime(path, inputs)
    assert made.keys() == expected.keys()
    for blob, values in expected.items():
        assert values.any()
        np.testing.assert_allclose(made[blob], values, rtol=1e-4, atol=1e-4)


def test_no_face_at_all_and_a_row_of_zeros(tmp_path):
    path, net = (
        tmp_path / "model.onnx",
        net_of(layer(*SSH, "{'rpn_min_size': 9}"), **CASES["faces"][1]),
    )
    export_onnx(net, path, check=False)
    inputs = {"s": np.zeros((1, 18, 5, 4)), "c": np.zeros((1, 36, 5, 4)), "i": [[60, 70, 1e4]]}
    made = in_runtime(path, inputs)
    assert (made["rois"].tolist(), made["its"].tolist()) == ([[0, 0, 0, 16, 16]], [[0]])
    export_onnx(net_of(layer("Norm2Layer", "norm2layer", "x"), x=(2, 3)), path, check=False)
    assert not in_runtime(path, {"x": np.zeros((2, 3))})["y"].any()


def test_losses_that_are_programs_are_left_out(tmp_path):
    loss = layer("EuclideanLossLayer", "pyloss", "y t", "loss").replace(
        "type:", "loss_weight: 1 type:"
    )
    net = net_of('layer { name: "r" type: "ReLU" bottom: "x" top: "y" }', loss, x=(2, 3), t=(2, 3))
    exported = export_onnx(net, tmp_path / "model.onnx")
    assert "EuclideanLossLayer" in exported.left_out
    assert list(exported.outputs) == ["y"]


@pytest.mark.parametrize(
    ("made", "shape", "reason"),
    [
        (layer("PadTensor", "pad", "x", "y", PAD % "wrap"), (1, 2, 4, 5), "wrap has no operator"),
        (
            layer(
                "SpatialDropoutLayer", "spatial_dropout", "x", "y", "{'p': 0.2, 'phase': 'TRAIN'}"
            ),
            (1, 2, 4, 5),
            "draws at random",
        ),
    ],
)
def test_what_onnx_cannot_say(made, shape, reason, tmp_path):
    with pytest.raises(NetError, match=reason):
        export_onnx(net_of(made, x=shape), tmp_path / "model.onnx")
