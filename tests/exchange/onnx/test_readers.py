"""Each operator that is read, in models made by hand: ONNX Runtime computes what the net does."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.errors import NetError
from blobnet.exchange.onnx.importing import import_onnx
from tests.exchange.onnx.models import model, node, saved

RNG = np.random.default_rng(5)
IMAGE = (2, 4, 6, 7)


def floats(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def one(op_type: str, shape=IMAGE, *constants: np.ndarray, opset: int = 17, **attributes):
    """A model of one node: its first input is x, the others are constants; "" where None."""
    named = {f"c{k}": values for k, values in enumerate(constants) if values is not None}
    names = [f"c{k}" if values is not None else "" for k, values in enumerate(constants)]
    made = [node(op_type, ["x", *names], ["y"], **attributes)]
    return model(made, shape, named, opset=opset)


def two(op_type: str, first: tuple, second: tuple, **attributes):
    """A model of one node that reads two inputs."""
    return model([node(op_type, ["a", "b"], ["y"], **attributes)], {"a": first, "b": second})


def lstm(*outputs: str, steps: int = 6, later: dict | None = None, **attributes):
    """A model of one LSTM over sequences of two streams, three values each, with a size of 4."""
    ways = 2 if attributes.get("direction") == "bidirectional" else 1
    names = {"w": floats(ways, 16, 3), "r": floats(ways, 16, 4), "b": floats(ways, 32)}
    inputs = ["x", *names, *(later or {})]
    made = node("LSTM", inputs, list(outputs), hidden_size=4, **attributes)
    told = tuple(name for name in outputs if name)
    return model([made], (steps, 2, 3), {**names, **(later or {})}, outputs=told)


def chosen(*nodes, shape=IMAGE, **constants: float):
    """A model of these nodes, whose constants are numbers."""
    named = {name: np.array(value, np.float32) for name, value in constants.items()}
    return model(list(nodes), shape, named)


POSITIVE = [node("Abs", ["x"], ["p"]), node("Add", ["p", "c"], ["q"])]
WEIGHT, BIAS = floats(6, 4, 3, 3), floats(6)
UP = floats(4, 3, 3, 3)
CASES = {
    "Greater and Where": chosen(
        node("Greater", ["x", "c"], ["m"]), node("Sigmoid", ["x"], ["s"]),
        node("Where", ["m", "x", "s"], ["y"]), c=0.3,
    ),
    "a softplus of PyTorch": chosen(
        node("Softplus", ["x"], ["s"]), node("Greater", ["x", "c"], ["m"]),
        node("Where", ["m", "x", "s"], ["y"]), c=20,
    ),
    "a softplus with a low limit": chosen(
        node("Softplus", ["x"], ["s"]), node("Greater", ["x", "c"], ["m"]),
        node("Where", ["m", "x", "s"], ["y"]), c=0.5,
    ),
    "Less of a number and a blob, Not": chosen(
        node("Less", ["c", "x"], ["m"]), node("Not", ["m"], ["n"]),
        node("Where", ["n", "x", "d"], ["y"]), c=0.1, d=2,
    ),
    "GreaterOrEqual, LessOrEqual, And": chosen(
        node("GreaterOrEqual", ["x", "c"], ["m"]), node("LessOrEqual", ["x", "d"], ["n"]),
        node("And", ["m", "n"], ["o"]), node("Where", ["o", "x", "zero"], ["y"]),
        c=-0.5, d=0.5, zero=0,
    ),
    "Or, Where of two numbers": chosen(
        node("Less", ["x", "c"], ["m"]), node("Greater", ["x", "d"], ["n"]),
        node("Or", ["m", "n"], ["o"]), node("Where", ["o", "d", "c"], ["y"]), c=-0.5, d=0.5,
    ),
    "Greater of two blobs as floats": chosen(
        node("Sigmoid", ["x"], ["s"]), node("Greater", ["x", "s"], ["m"]),
        node("Cast", ["m"], ["y"], to=1),
    ),
    "at the very limit": chosen(
        node("Relu", ["x"], ["r"]), node("GreaterOrEqual", ["r", "c"], ["m"]),
        node("Greater", ["r", "c"], ["n"]), node("Cast", ["m"], ["a"], to=1),
        node("Where", ["n", "one", "c"], ["b"]), node("Concat", ["a", "b"], ["y"], axis=1),
        c=0, one=1,
    ),
    "ReduceL2": one("ReduceL2", axes=[1]),
    "ReduceL2 without the axis": one("ReduceL2", axes=[1], keepdims=0),
    "ReduceMax over channels": one("ReduceMax", axes=[1], keepdims=0),
    "ReduceMin over images": one("ReduceMin", axes=[2, 3]),
    "ReduceMax over all": one("ReduceMax", (3, 5), keepdims=0),
    "Selu": one("Selu"),
    "Celu": one("Celu", alpha=0.7),
    "Mish": one("Mish", opset=18),
    "Gelu by tanh": one("Gelu", opset=20, approximate="tanh"),
    "Softsign": one("Softsign"),
    "Sin": one("Sin"),
    "Sign": model([node("Relu", ["x"], ["r"]), node("Sub", ["r", "c"], ["s"]),
                   node("Sign", ["s"], ["a"]), node("Sign", ["r"], ["b"])],
                  IMAGE, {"c": np.float32(0.5)}, outputs=("a", "b")),
    "a softshrink of PyTorch": chosen(
        node("Abs", ["x"], ["p"]), node("Greater", ["p", "c"], ["m"]), node("Sign", ["x"], ["s"]),
        node("Mul", ["s", "c"], ["t"]), node("Sub", ["x", "t"], ["u"]),
        node("Mul", ["x", "zero"], ["v"]), node("Where", ["m", "u", "v"], ["y"]), c=0.5, zero=0,
    ),
    "CumSum": one("CumSum", IMAGE, np.array(1)),
    "CumSum of the last axis, from its end": one("CumSum", IMAGE, np.array(-1), reverse=1),
    "CumSum without the value itself": one("CumSum", IMAGE, np.array(2), exclusive=1),
    "CumSum from the end, without it": one("CumSum", (3, 5), np.array(0), exclusive=1, reverse=1),
    "ReduceLogSumExp": one("ReduceLogSumExp", axes=[1]),
    "ReduceLogSumExp without the axes": one("ReduceLogSumExp", axes=[2, 3], keepdims=0),
    "ReduceLogSumExp of all": one("ReduceLogSumExp", (3, 5), keepdims=0),
    "Einsum of all pairs of rows": model(
        [node("Einsum", ["x", "x"], ["y"], equation="n c l, n d l -> n c d")], (2, 3, 5)
    ),
    "Atan": one("Atan"),
    "Cos": one("Cos"),
    "ThresholdedRelu": one("ThresholdedRelu", alpha=0.3),
    "Conv": one("Conv", IMAGE, WEIGHT, BIAS, pads=[1, 1, 1, 1], strides=[2, 1]),
    "Conv without bias, in groups": one("Conv", IMAGE, floats(6, 2, 3, 2), group=2),
    "Conv with unequal pads": one("Conv", IMAGE, WEIGHT, BIAS, pads=[0, 1, 2, 1]),
    "Conv SAME_UPPER": one("Conv", IMAGE, WEIGHT, auto_pad="SAME_UPPER", strides=[2, 2]),
    "Conv SAME_LOWER": one("Conv", IMAGE, WEIGHT, auto_pad="SAME_LOWER", strides=[2, 2]),
    "Conv with holes": one("Conv", IMAGE, WEIGHT, dilations=[2, 1], pads=[2, 1, 2, 1]),
    "Conv over one axis": one("Conv", (2, 4, 9), floats(5, 4, 3), pads=[1, 1]),
    "ConvTranspose": one("ConvTranspose", IMAGE, UP, floats(3), strides=[2, 2], pads=[1] * 4),
    "ConvTranspose larger": one(
        "ConvTranspose", IMAGE, UP, strides=[2, 2], pads=[1] * 4, output_padding=[1, 0]
    ),
    "MaxPool": one("MaxPool", kernel_shape=[3, 3], strides=[2, 2]),
    "MaxPool rounded up": one("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
    "MaxPool with unequal pads": one("MaxPool", kernel_shape=[3, 2], pads=[0, 1, 1, 0]),
    "MaxPool as PyTorch pads": one(
        "MaxPool", (1, 2, 112, 112), kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4
    ),
    "AveragePool": one("AveragePool", kernel_shape=[2, 3], strides=[2, 1]),
    "AveragePool without padding in it": one("AveragePool", kernel_shape=[3, 3], pads=[1] * 4),
    "AveragePool with padding in it": one(
        "AveragePool", kernel_shape=[3, 3], pads=[1] * 4, count_include_pad=1
    ),
    "AveragePool rounded up": one(
        "AveragePool", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1
    ),
    "GlobalAveragePool": one("GlobalAveragePool"),
    "GlobalMaxPool": one("GlobalMaxPool"),
    "Gemm": one("Gemm", (3, 5), floats(4, 5), floats(4), transB=1, alpha=0.5, beta=2.0),
    "Gemm, bias of one": one("Gemm", (3, 5), floats(5, 4), floats(1)),
    "MatMul": one("MatMul", (2, 3, 5), floats(5, 4)),
    "MatMul and Add": model(
        [node("MatMul", ["x", "w"], ["m"]), node("Add", ["m", "b"], ["y"])],
        (3, 5),
        {"w": floats(5, 4), "b": floats(4)},
    ),
    "MatMul read twice": model(
        [node("MatMul", ["x", "w"], ["m"]), node("Add", ["m", "b"], ["y"]),
         node("Relu", ["m"], ["z"])],
        (3, 5),
        {"w": floats(5, 4), "b": floats(4)},
        outputs=("y", "z"),
    ),
    "BatchNormalization": one(
        "BatchNormalization", IMAGE, floats(4), floats(4), floats(4), np.abs(floats(4)),
        epsilon=0.01,
    ),
    "InstanceNormalization": one(
        "InstanceNormalization", IMAGE, floats(4), floats(4), epsilon=0.3
    ),
    "LRN": one("LRN", size=3, alpha=0.5, beta=0.6, bias=2.0),
    "Softmax": one("Softmax", axis=1),
    "Softmax of the last axis": one("Softmax"),
    "Softmax before opset 13": one("Softmax", (3, 5), opset=11),
    "LogSoftmax": one("LogSoftmax", (3, 5), axis=-1),
    "Relu": one("Relu"),
    "LeakyRelu": one("LeakyRelu", alpha=0.2),
    "Elu": one("Elu", alpha=0.7),
    "PRelu": one("PRelu", IMAGE, floats(4, 1, 1)),
    "PRelu with one slope": one("PRelu", IMAGE, floats(1)),
    "Sigmoid": one("Sigmoid"),
    "Tanh": one("Tanh"),
    "Softplus": one("Softplus"),
    "Abs": one("Abs"),
    "Exp": one("Exp", opset=13),
    "Neg": one("Neg"),
    "HardSigmoid": one("HardSigmoid", alpha=0.25, beta=0.4),
    "HardSwish": one("HardSwish"),
    "Clip to 6": one("Clip", IMAGE, np.float32(0), np.float32(6)),
    "Clip to 1": one("Clip", IMAGE, np.float32(0), np.float32(1)),
    "Clip from below": one("Clip", IMAGE, np.float32(0.5)),
    "Clip from above": one("Clip", IMAGE, None, np.float32(0.5)),
    "Clip of opset 6": one("Clip", min=-0.5, max=0.25, opset=10),
    "Log, Sqrt and Reciprocal": model(
        [*POSITIVE, node("Log", ["q"], ["a"]), node("Sqrt", ["q"], ["b"]),
         node("Reciprocal", ["q"], ["d"])],
        IMAGE,
        {"c": np.float32(0.5)},
        outputs=("a", "b", "d"),
    ),
    "Pow": one("Pow", IMAGE, np.float32(2)),
    "Add": two("Add", IMAGE, IMAGE),
    "Add to itself": model([node("Add", ["x", "x"], ["y"])], IMAGE),
    "Sub": two("Sub", IMAGE, IMAGE),
    "Mul": two("Mul", IMAGE, IMAGE),
    "Div": model(
        [*POSITIVE, node("Div", ["x", "q"], ["y"])], IMAGE, {"c": np.float32(0.5)}
    ),
    "Add a number": one("Add", IMAGE, np.float32(1.5)),
    "Sub a number": one("Sub", IMAGE, np.float32(1.5)),
    "Div by a number": one("Div", IMAGE, np.float32(-4)),
    "Mul by a factor for each channel": one("Mul", IMAGE, floats(1, 4, 1, 1)),
    "Add a row": one("Add", IMAGE, floats(7)),
    "Sub something for each channel": one("Sub", IMAGE, floats(4, 1, 1)),
    "Add a map": one("Add", IMAGE, floats(6, 7)),
    "Mul by what is broken": one("Mul", IMAGE, floats(4, 1, 7)),
    "a number less x": model([node("Sub", ["c", "x"], ["y"])], IMAGE, {"c": np.float32(1)}),
    "Mul with a gate for each channel": two("Mul", IMAGE, (2, 4, 1, 1)),
    "Add something for each channel": two("Add", IMAGE, (2, 4, 1, 1)),
    "Mul with a map": two("Mul", IMAGE, (2, 1, 6, 7)),
    "Mul with an item": two("Mul", IMAGE, (1, 4, 6, 7)),
    "Sub a smaller one": two("Sub", IMAGE, (2, 4, 1, 1)),
    "Sum": model([node("Sum", ["x", "x", "x"], ["y"])], IMAGE),
    "Mean": two("Mean", IMAGE, IMAGE),
    "Max": two("Max", IMAGE, IMAGE),
    "Min": two("Min", IMAGE, IMAGE),
    "Max with 0": one("Max", IMAGE, np.float32(0)),
    "Min with a number": one("Min", IMAGE, np.float32(0.5)),
    "Concat": two("Concat", (2, 3, 4), (2, 5, 4), axis=-2),
    "Split": model([node("Split", ["x", "c"], ["a", "b"], axis=1)], IMAGE, {"c": ints(1, 3)},
                   outputs=("a", "b")),
    "Split in equal parts": model(
        [node("Split", ["x"], ["a", "b"], axis=1)], IMAGE, outputs=("a", "b"), opset=11
    ),
    "Slice": one("Slice", IMAGE, ints(1, -3), ints(3, 2**40), ints(1, 3)),
    "Slice of opset 9": one("Slice", starts=[1], ends=[2], axes=[1], opset=9),
    "Slice backwards": one(
        "Slice", IMAGE, ints(-1, -2), ints(-(2**63), 0), ints(3, 2), ints(-1, -1)
    ),
    "Slice by steps": one("Slice", IMAGE, ints(1, 0), ints(7, 6), ints(3, 2), ints(2, 3)),
    "Slice backwards by steps": one("Slice", IMAGE, ints(5), ints(-9), ints(2), ints(-2)),
    "Gather one": one("Gather", IMAGE, np.array(2, np.int64), axis=1),
    "Gather backwards": one("Gather", IMAGE, ints(3, 0), axis=1),
    "Gather of all kinds": one("Gather", IMAGE, ints(0, 2, 4, 4, 3, 3, -1, 5, 0), axis=2),
    "Gather windows": one(
        "Gather", IMAGE, np.array([[0, 2, 4], [1, 3, 5]], np.int64), axis=2
    ),
    "Gather neighbours": one("Gather", IMAGE, ints(1, 2), axis=2),
    "Flatten": one("Flatten"),
    "Flatten from axis 2": one("Flatten", axis=2),
    "Reshape": one("Reshape", IMAGE, ints(0, -1, 7)),
    "Squeeze": one("Squeeze", (2, 1, 5, 1), ints(1)),
    "Squeeze all": one("Squeeze", (2, 1, 5, 1)),
    "Unsqueeze": one("Unsqueeze", (2, 5), ints(0, -1)),
    "Transpose": one("Transpose", perm=[0, 2, 3, 1]),
    "Tile": one("Tile", IMAGE, ints(1, 2, 1, 3)),
    "Expand": one("Expand", (2, 1, 5), ints(4, 1)),
    "Expand with new axes": one("Expand", (2, 1), ints(3, 1, 2, 4)),
    "F.normalize of PyTorch": model(
        [node("ReduceL2", ["x", "one"], ["n"], keepdims=1),
         node("Clip", ["n", "least"], ["m"]), node("Expand", ["m", "shape"], ["e"]),
         node("Div", ["x", "e"], ["y"])],
        IMAGE,
        {"one": ints(1), "least": np.float32(1e-12), "shape": ints(*IMAGE)},
        opset=18,
    ),
    "Expand to the same": one("Expand", IMAGE, ints(4, 1, 7)),
    "Identity": one("Identity"),
    "Dropout": one("Dropout"),
    "Cast": one("Cast", to=1),
    "ReduceMean over images": one("ReduceMean", axes=[2, 3]),
    "ReduceMean without the axes": one("ReduceMean", axes=[-1, -2], keepdims=0),
    "ReduceMean over channels": one("ReduceMean", axes=[1]),
    "ReduceSum over channels": one("ReduceSum", IMAGE, ints(1), keepdims=0),
    "LogSoftmax of channels": one("LogSoftmax", axis=1),
    "ArgMax": model(
        [node("ArgMax", ["x"], ["i"], axis=1, keepdims=0), node("Cast", ["i"], ["y"], to=1)], IMAGE
    ),
    "Pad": one("Pad", IMAGE, ints(0, 0, 1, 2, 0, 0, 0, 3), np.float32(0.5)),
    "Pad channels": one("Pad", IMAGE, ints(0, 1, 1, 0, 0, 2, 0, 3), np.float32(0.5)),
    "Pad of three axes": one("Pad", (2, 3, 4), ints(0, 2, 1, 0, 1, 0), mode="edge"),
    "Pad by reflection": one("Pad", IMAGE, ints(0, 0, 1, 2, 0, 0, 0, 3), mode="reflect"),
    "Pad of opset 10": one("Pad", pads=[0, 0, 1, 0, 0, 0, 0, 1], mode="edge", opset=10),
    "Upsample": one("Upsample", IMAGE, np.float32([1, 1, 2, 2]), opset=9),
    "Resize nearest": one(
        "Resize", IMAGE, None, np.float32([1, 1, 3, 3]), mode="nearest",
        coordinate_transformation_mode="asymmetric", nearest_mode="floor",
    ),
    **{
        f"Resize nearest, {way}, {rounded}, to {size}": one(
            "Resize", IMAGE, None, None, ints(2, 4, *size), mode="nearest",
            coordinate_transformation_mode=way, nearest_mode=rounded,
        )
        for way, rounded, size in [
            ("asymmetric", "floor", (3, 5)), ("asymmetric", "floor", (9, 10)),
            ("half_pixel", "round_prefer_ceil", (4, 9)), ("half_pixel", "floor", (9, 4)),
            ("half_pixel", "round_prefer_floor", (12, 14)),
            ("align_corners", "round_prefer_ceil", (9, 11)),
        ]
    },
    "Resize nearest by a scale": one(
        "Resize", IMAGE, None, np.float32([1, 1, 0.5, 0.5]), mode="nearest",
        coordinate_transformation_mode="asymmetric", nearest_mode="floor",
    ),
    **{
        f"Resize linear, {way}, to {size}": one(
            "Resize", IMAGE, None, None, ints(2, 4, *size), mode="linear",
            coordinate_transformation_mode=way,
        )
        for way, size in [
            ("half_pixel", (9, 10)), ("half_pixel", (4, 5)), ("pytorch_half_pixel", (12, 10)),
            ("asymmetric", (9, 5)), ("half_pixel", (12, 14)),
        ]
    },
    "Resize corners on corners": one(
        "Resize", IMAGE, None, None, ints(2, 4, 11, 9), mode="linear",
        coordinate_transformation_mode="align_corners",
    ),
    "Resize centres on centres": one(
        "Resize", IMAGE, None, np.float32([1, 1, 2, 2]), mode="linear",
        coordinate_transformation_mode="half_pixel",
    ),
    "DepthToSpace": one("DepthToSpace", blocksize=2, mode="CRD"),
    "DepthToSpace of columns": one("DepthToSpace", blocksize=2),
    "SpaceToDepth": one("SpaceToDepth", (2, 3, 4, 6), blocksize=2),
    "Shape of a Reshape": model(
        [node("Shape", ["x"], ["s"]), node("Gather", ["s", "first"], ["n"], axis=0),
         node("Unsqueeze", ["n", "first_axis"], ["m"]),
         node("Concat", ["m", "rest"], ["shape"], axis=0),
         node("Reshape", ["x", "shape"], ["y"])],
        IMAGE,
        {"first": np.array(0, np.int64), "first_axis": ints(0), "rest": ints(-1)},
    ),
    "LayerNormalization": one("LayerNormalization", (3, 4, 5), floats(5), floats(5)),
    "LayerNormalization of images": one("LayerNormalization", IMAGE, floats(6, 7), axis=2),
    "LSTM": lstm("y"),
    "LSTM backwards": lstm("y", direction="reverse"),
    "LSTM both ways, all that it tells": lstm("y", "h", "c", direction="bidirectional"),
    "LSTM, its last state": lstm("", "h"),
    "LSTM of one timestep": lstm("y", "", "c", steps=1),
    "rows of a table": model(
        [node("Clip", ["x", "low", "high"], ["c"]), node("Cast", ["c"], ["i"], to=7),
         node("Gather", ["table", "i"], ["y"], axis=0)],
        (3, 4),
        {"low": np.float32(0), "high": np.float32(4.5), "table": floats(5, 6)},
    ),
    "a residual block": model(
        [node("Conv", ["x", "w"], ["c"], pads=[1] * 4), node("Relu", ["c"], ["r"]),
         node("Add", ["r", "x"], ["s"]), node("GlobalAveragePool", ["s"], ["g"]),
         node("Sigmoid", ["g"], ["gate"]), node("Mul", ["s", "gate"], ["y"])],
        IMAGE,
        {"w": floats(4, 4, 3, 3)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_net_computes_what_the_model_does(name, tmp_path):
    imported = import_onnx(saved(CASES[name], tmp_path))
    assert [one.name for one in imported.differences] == list(imported.outputs.values())
    assert max(one.relative for one in imported.differences) <= 1e-4


def test_a_softplus_of_pytorch_is_one_layer(tmp_path):
    imported = import_onnx(saved(CASES["a softplus of PyTorch"], tmp_path))
    assert [layer.type for layer in imported.net.layers] == ["Input", "BNLL", "Split"]


def local_response_norm(size=3, pad=(1, 1), kernel=None, shape=(2, 1, 4, 6, 7), square="x"):
    """What PyTorch's exporter writes for it, of x."""
    return model(
        [node("Mul", ["x", square], ["s"]), node("Reshape", ["s", "volume"], ["v"]),
         node("Pad", ["v", "pads"], ["p"]),
         node("AveragePool", ["p"], ["a"], kernel_shape=kernel or [size, 1, 1], strides=[1, 1, 1]),
         node("Squeeze", ["a", "axis"], ["m"]), node("Mul", ["m", "alpha"], ["b"]),
         node("Add", ["one", "b"], ["c"]), node("Pow", ["c", "beta"], ["d"]),
         node("Div", ["x", "d"], ["y"])],
        {name: IMAGE for name in ("x", square)},
        {"volume": ints(*shape), "pads": ints(0, 0, pad[0], 0, 0, 0, 0, pad[1], 0, 0),
         "axis": ints(1), "alpha": np.float32(0.7), "one": np.float32(2), "beta": np.float32(0.75)},
    )  # fmt: skip


@pytest.mark.parametrize("size", [3, 5])
def test_a_local_response_norm_of_pytorch_is_one_layer(tmp_path, size):
    made = local_response_norm(size, pad=(size // 2, size // 2))
    imported = import_onnx(saved(made, tmp_path))
    assert [layer.type for layer in imported.net.layers] == ["Input", "LRN"]
    param = imported.definition.layer[1].lrn_param
    assert (param.local_size, param.k, param.beta) == (size, 2, 0.75)
    np.testing.assert_allclose(param.alpha, 0.7)
    assert imported.differences[0].relative < 1e-5


@pytest.mark.parametrize(
    "other",
    [
        {"size": 2, "pad": (1, 0)},
        {"pad": (0, 2)},
        {"kernel": [3, 3, 1], "pad": (1, 1)},
        {"shape": (1, 2, 4, 6, 7)},
        {"square": "z"},
    ],
)
def test_what_only_looks_like_one_is_none(tmp_path, other):
    with pytest.raises(NetError, match="only images are pooled"):
        import_onnx(saved(local_response_norm(**other), tmp_path))


def test_operators_that_are_not_read_are_named_with_a_node_and_what_can_be_done(tmp_path):
    made = model(
        [node("Erf", ["x"], ["e"]), node("Erf", ["e"], ["f"]),
         node("QuantizeLinear", ["f", "s"], ["q"]), node("DequantizeLinear", ["q", "s"], ["y"])],
        IMAGE,
        {"s": np.float32(0.1)},
    )  # fmt: skip
    with pytest.raises(NetError) as raised:
        import_onnx(saved(made, tmp_path))
    text = str(raised.value)
    assert "Erf (2 times, first the node 'the_Erf')" in text
    assert "QuantizeLinear (once, the node 'the_QuantizeLinear')" in text
    assert "Erf: Caffe has no error function; of GELU approximate='tanh' is read" in text
    assert text.count("quantized weights: export the model before it is quantized") == 1


REFUSED = {
    "erf": (one("Gelu", opset=20), "Caffe has no erf"),
    "infinite numbers": (
        chosen(node("Greater", ["x", "c"], ["m"]), node("Where", ["m", "x", "d"], ["y"]),
               c=0, d=-np.inf),
        "only one finite number",
    ),
    "a choice among rows": (
        model([node("Greater", ["a", "b"], ["m"]), node("Where", ["m", "a", "c"], ["y"])],
              {"a": (2, 3), "b": (2, 3), "c": (1, 3)}),
        "values of one shape alone",
    ),
    "positions of maxima": (
        model([node("MaxPool", ["x"], ["y", "i"], kernel_shape=[2, 2]),
               node("Cast", ["i"], ["z"], to=1)], IMAGE, outputs=("y", "z")),
        "positions of maxima",
    ),
    "a matrix that is computed": (two("MatMul", (2, 3), (3, 4)), "must be a constant"),
    "nothing": (one("Slice", IMAGE, ints(1), ints(4), ints(2), ints(-1)), "nothing is left"),
    "other activations": (
        lstm("y", activations=["Sigmoid", "Tanh", "Relu"]), "other activations than Caffe's"),
    "a clip": (lstm("y", clip=1.0), "no place in Caffe's layer"),
    "first states": (
        lstm("y", later={"lengths": np.int32([6, 6]), "h": floats(1, 2, 4)}), "zeros alone"),
    "sequences of two lengths": (lstm("y", later={"lengths": np.int32([6, 5])}), "all 6 timesteps"),
    "picks": (one("Gather", (1, 300), ints(*(k * k for k in range(17)), *[0, 0] * 40), axis=1),
              "picked are 1 to 64 parts"),
    "an Expand that does not fit": (one("Expand", IMAGE, ints(3, 1, 1, 7)), "it does not fit"),
    "a product of two blobs": (
        model([node("Einsum", ["a", "b"], ["y"], equation="bij,bkj->bik")],
              {"a": (2, 3, 4), "b": (2, 3, 4)}),
        "products of the rows of one blob",
    ),
    "a resize whose scale is not that of its sizes": (
        one("Resize", IMAGE, None, np.float32([1, 1, 1.3, 1.3]), mode="linear"),
        "no layer of Caffe's forks resizes like that",
    ),
    "a long sum": (one("CumSum", (1, 5000), np.array(1)), "4096 at most"),
    "a padding that cuts": (one("Pad", IMAGE, ints(0, 0, -1, 0, 0, 0, 0, 0)), "0 or more"),
    "whole numbers": (one("Floor"), "for constants alone"),
    "no such axis": (one("Softmax", (2, 3), axis=5), "no such axis"),
    "a reshape that does not fit": (one("Reshape", IMAGE, ints(5, -1)), "do not fit"),
    "a slope for each pixel": (one("PRelu", IMAGE, floats(4, 6, 7)), "one for each channel"),
    "cubic": (
        one("Resize", IMAGE, None, np.float32([1, 1, 2, 2]), mode="cubic"),
        "no layer of Caffe's forks resizes like that",
    ),
    "a kernel without axes": (one("MaxPool", kernel_shape=[3]), "a window has two axes"),
    "weights without axes": (one("Conv", IMAGE, np.float32(1)), "do not fit"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_names_the_node(name, tmp_path):
    made, reason = REFUSED[name]
    with pytest.raises(NetError, match=reason) as raised:
        import_onnx(saved(made, tmp_path))
    assert "the node 'the_" in str(raised.value)
    assert "\n  fix:" in str(raised.value)
