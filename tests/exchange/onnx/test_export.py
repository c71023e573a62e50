from __future__ import annotations

import re

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError
from blobnet.exchange.onnx import comparison, layer_check, register
from blobnet.exchange.onnx.export import export_onnx
from blobnet.exchange.onnx.register import writes
from blobnet.layers.activation.relu import ReLU
from tests.exchange.onnx.cases import in_runtime, onnx

GAUSSIAN = 'weight_filler { type: "gaussian" std: 0.3 } bias_filler { type: "gaussian" std: 1 }'
DATA = (
    'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [2, 3, 9, 8] } } }'
)
CONV = f"""layer {{ name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param {{ num_output: 4 kernel_size: 3 {GAUSSIAN} }} }}"""
RELU = 'layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }'
POOL = """layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
  pooling_param { kernel_size: 3 stride: 2 } }"""
IP = f"""layer {{ name: "ip" type: "InnerProduct" bottom: "pool" top: "ip"
  inner_product_param {{ num_output: 5 {GAUSSIAN} }} }}"""
LABEL = 'layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 2 } } }'
LOSS = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }'
ACCURACY = 'layer { name: "acc" type: "Accuracy" bottom: "ip" bottom: "label" top: "acc" }'


def net(*layers: str) -> blobnet.Net:
    return blobnet.Net(blobnet.parse_net("\n".join(layers)), "TEST", seed=3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


@pytest.fixture
def relu_writer(monkeypatch):
    """A function that puts another writer in the place of ReLU's."""
    register.writer_of(ReLU(blobnet.proto.LayerParameter()))  # the register is filled
    monkeypatch.setattr(register, "_WRITERS", dict(register._WRITERS))
    return lambda writer: writes(ReLU)(writer)


def test_batch_and_image_size_are_free_where_the_net_allows_it(path):
    made = export_onnx(net(DATA, CONV, RELU, POOL), path)
    assert made.inputs == {"data": ("N", 3, "H", "W")}
    assert made.outputs == {"pool": ("N", 4, None, None)}
    other = net(DATA.replace("2, 3, 9, 8", "5, 3, 16, 13"), CONV, RELU, POOL)
    other.share_with(net(DATA, CONV, RELU, POOL))
    values = np.random.default_rng(1).normal(size=(5, 3, 16, 13)).astype(np.float32)
    expected = other.forward(data=values)["pool"]
    np.testing.assert_allclose(in_runtime(path, {"data": values})["pool"], expected, atol=1e-5)


def test_an_inner_product_fixes_the_size_of_images(path):
    made = export_onnx(net(DATA, CONV, RELU, POOL, IP), path)
    assert made.inputs == {"data": ("N", 3, 9, 8)}
    assert made.outputs == {"ip": ("N", 5)}


def test_the_net_keeps_its_shapes(path):
    one = net(DATA, CONV, RELU, POOL)
    before = {name: blob.shape for name, blob in one.blobs.items()}
    export_onnx(one, path)
    assert {name: blob.shape for name, blob in one.blobs.items()} == before


def test_blobs_and_layers_keep_their_names(path):
    export_onnx(net(DATA, CONV, RELU, POOL, IP), path)
    graph = onnx.load(path).graph
    names = {name for node in graph.node for name in node.output}
    assert {"conv", "pool", "ip"} <= names  # "conv" is what the ReLU in place has made of it
    assert [node.name.partition("/")[0] for node in graph.node if node.output[0] == "conv"] == [
        "relu"
    ]
    assert {"conv.0", "conv.1", "ip.0", "ip.1"} == {one.name for one in graph.initializer}


def test_an_input_may_be_written_in_place(path):
    shifted = """layer { name: "shifted" type: "Power" bottom: "data" top: "data"
      power_param { shift: 2 } }"""
    made = export_onnx(net(DATA, shifted, CONV), path)
    assert set(made.inputs) == {"data"}
    assert set(made.outputs) == {"conv"}
    first = onnx.load(path).graph.node[0]
    assert list(first.input)[:1] == ["data"]
    assert list(first.output) == ["data/shifted"]


def test_an_input_that_is_the_output_too_has_two_names(path):
    shifted = """layer { name: "shifted" type: "Power" bottom: "data" top: "data"
      power_param { shift: 2 } }"""
    export_onnx(net(DATA, shifted), path)
    values = np.ones((2, 3, 9, 8), np.float32)
    (computed,) = in_runtime(path, {"data": values}).values()
    np.testing.assert_array_equal(computed, values + 2)


def test_the_model_says_its_opset_and_metadata(path):
    export_onnx(net(DATA, CONV), path, metadata={"preprocessing.scale": "0.5"})
    model = onnx.load(path)
    assert [(one.domain, one.version) for one in model.opset_import] == [("", 17)]
    assert (model.ir_version, model.producer_name) == (8, "blobnet")
    assert [(one.key, one.value) for one in model.metadata_props] == [
        ("preprocessing.scale", "0.5")
    ]


def test_losses_and_labels_are_left_out(path):
    made = export_onnx(net(DATA, LABEL, CONV, POOL, IP, ACCURACY, LOSS), path)
    assert made.inputs == {"data": ("N", 3, 9, 8)}
    assert made.left_out == ["acc", "loss"]
    assert list(made.outputs) == ["ip"]


def test_weights_that_are_shared_are_written_once(path):
    more = ' param { name: "w" } param { name: "b" } }'
    first = CONV[:-1] + more
    second = first.replace('name: "conv"', 'name: "again"').replace('top: "conv"', 'top: "again"')
    export_onnx(net(DATA, first, second), path)
    assert len(onnx.load(path).graph.initializer) == 2


def test_all_that_cannot_be_written_is_named_at_once(path):
    drop = "dropout_param { sample_weights_test: true } }"
    one = net(
        DATA,
        f'layer {{ name: "d1" type: "Dropout" bottom: "data" top: "d1" {drop}',
        f'layer {{ name: "d2" type: "Dropout" bottom: "d1" top: "d2" {drop}',
    )
    with pytest.raises(NetError) as raised:
        export_onnx(one, path)
    text = str(raised.value)
    assert 'layer "d1": `sample_weights_test` draws' in text
    assert 'layer "d2": `sample_weights_test` draws' in text
    assert "cut the net in front of them" in text
    assert not path.exists()


def test_a_type_of_your_own_needs_a_writer(path):
    class Square(blobnet.layers.activation._elementwise.Elementwise):
        def forward_cpu(self, bottom, top):
            top[0].data[...] = bottom[0].data ** 2

    if not blobnet.layer_register.is_layer_type("SquareForOnnx"):
        blobnet.register_layer("SquareForOnnx")(Square)
    one = net(DATA, 'layer { name: "s" type: "SquareForOnnx" bottom: "data" top: "s" }')
    with pytest.raises(NetError, match=r'SquareForOnnx layer "s": no writer for this type'):
        export_onnx(one, path)
    writes(type(one.layers[-1]))(lambda nodes: nodes.op("Mul", *nodes.bottoms * 2))
    assert export_onnx(one, path).differences[0].relative < 1e-6


def test_the_check_names_the_first_layer_that_differs(path, relu_writer):
    relu_writer(lambda nodes: nodes.op("Abs", nodes.bottoms[0]))
    with pytest.raises(NetError, match=r"first in blob 'conv', which ReLU layer \"relu\" makes"):
        export_onnx(net(DATA, CONV, RELU, POOL, IP), path)
    assert not path.exists()
    export_onnx(net(DATA, CONV, RELU, POOL, IP), path, check=False)
    assert path.exists()


def test_a_decision_that_a_rounding_turns_over_is_an_error_that_can_be_accepted(path, relu_writer):
    """Two channels alike: which is the larger one, the last bit decides."""
    data = DATA.replace("2, 3, 9, 8", "4, 1, 6, 6")
    twice = CONV.replace("num_output: 4", "num_output: 2").replace("gaussian", "constant")
    twice = twice.replace("std: 0.3", "value: 0.7").replace("std: 1", "value: 0.1")
    best = """layer { name: "best" type: "ArgMax" bottom: "conv" top: "best"
      argmax_param { axis: 1 } }"""
    tilt = np.array([1e-6, 0], np.float32).reshape(2, 1, 1)
    relu_writer(lambda nodes: nodes.op("Add", nodes.bottoms[0], nodes.array(tilt)))
    positive = 'layer { name: "abs" type: "AbsVal" bottom: "data" top: "abs" }'
    one = net(data, positive, twice.replace('bottom: "data"', 'bottom: "abs"'), RELU, best)
    with pytest.raises(NetError, match=r'the first layer that differs is ArgMax layer "best"'):
        export_onnx(one, path)
    assert not path.exists()
    (found,) = export_onnx(one, path, tolerance=1).differences
    assert found.grows_in == 'ArgMax layer "best"'
    assert found.largest == 1
    assert in_runtime(path, {"data": np.ones((4, 1, 6, 6))})["best"].max() == 0
    one.blobs["data"].data[...] = 1
    assert one.forward()["best"].min() == 1


def test_a_net_in_its_training_phase_is_refused(path):
    one = blobnet.Net(blobnet.parse_net(DATA + CONV), "TRAIN")
    with pytest.raises(NetError, match="TEST phase"):
        export_onnx(one, path)


def test_progress_is_told(path):
    told = []
    export_onnx(net(DATA, CONV), path, progress=told.append)
    assert told[0] == "writing nodes"
    assert "comparing on 2x3x9x8" in told


LSTM = f"""
layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ dim: [4, 3, 5] }} }} }}
layer {{ name: "cont" type: "Input" top: "cont" input_param {{ shape {{ dim: [4, 3] }} }} }}
layer {{ name: "lstm" type: "LSTM" bottom: "x" bottom: "cont" top: "h"
  recurrent_param {{ num_output: 6 {GAUSSIAN} }} }}"""


def test_the_streams_of_a_recurrent_net_are_free_its_timesteps_are_not(path):
    made = export_onnx(net(LSTM), path)
    assert made.inputs == {"x": (4, "streams", 5), "cont": (4, "streams")}


def test_how_many_boxes_there_are_is_left_open(path):
    shapes = {"loc": [2, 48], "conf": [2, 36], "priors": [1, 2, 48]}
    inputs = [DATA.replace("data", name).replace("2, 3, 9, 8", str(shape)[1:-1])
              for name, shape in shapes.items()]  # fmt: skip
    one = net(
        *inputs,
        """layer { name: "found" type: "DetectionOutput" bottom: "loc" bottom: "conf"
          bottom: "priors" top: "found" detection_output_param { num_classes: 3 } }""",
    )
    assert export_onnx(one, path, check=False).outputs == {"found": (1, 1, None, 7)}


def test_what_reads_a_loss_is_left_out_with_it_and_copies_for_losses_are_no_outputs(tmp_path):
    twice = 'layer { name: "twice" type: "Power" bottom: "loss" top: "twice" }'
    softmax = 'layer { name: "y" type: "Softmax" bottom: "ip" top: "y" }'
    one = net(DATA, LABEL, CONV, POOL, IP, LOSS, twice, softmax)
    exported = export_onnx(one, tmp_path / "out.onnx")
    assert exported.left_out == ["loss", "twice"]
    assert (list(exported.inputs), list(exported.outputs)) == (["data"], ["y"])


LARGE = DATA.replace("9, 8", "33, 32")  # places enough for two classes to be near each other
ABS = 'layer { name: "abs" type: "AbsVal" bottom: "conv" top: "abs" }'
RELU_OF_ABS = RELU.replace('"conv"', '"abs"')
SCORES = """layer { name: "scores" type: "Power" bottom: "abs" top: "scores"
  power_param { scale: 1e3 } }"""
PROB = 'layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }'


def test_a_rounding_that_grows_is_an_error_that_says_how_to_accept_it(path, relu_writer):
    relu_writer(lambda nodes: nodes.op("Mul", nodes.bottoms[0], nodes.array(1 + 2e-6)))
    one = net(LARGE, CONV, ABS, RELU_OF_ABS, SCORES, PROB)
    with pytest.raises(NetError) as raised:
        export_onnx(one, path)
    text = str(raised.value)
    assert "output 'prob' is apart" in text
    assert "the first layer that differs is Softmax" in text
    assert "every layer by itself agrees to 1e-05: roundings grow there" in text
    assert not path.exists()
    accepted = float(re.search(r"--tolerance (\S+)", text)[1])
    (found,) = export_onnx(one, path, tolerance=accepted).differences
    assert found.grows_in == 'Softmax layer "prob"'
    assert 1e-4 < found.relative <= accepted < 10 * found.relative
    with pytest.raises(NetError, match="first layer that differs is Softmax"):
        export_onnx(one, path, tolerance=found.relative * 0.99)
    with pytest.raises(NetError, match="1e-04 or more"):
        export_onnx(one, path, tolerance=float("nan"))


def test_small_differences_of_a_layer_are_no_rounding_where_the_output_is_far_off(
    path, relu_writer
):
    """5e-5 of the largest value would pass in an output, and makes another softmax here."""
    relu_writer(lambda nodes: nodes.op("Mul", nodes.bottoms[0], nodes.array(1 + 5e-5)))
    with pytest.raises(NetError, match=r"first in blob 'abs', which ReLU layer \"relu\" makes"):
        export_onnx(net(LARGE, CONV, ABS, RELU_OF_ABS, SCORES, PROB), path, tolerance=np.inf)
    assert export_onnx(net(LARGE, CONV, ABS, RELU_OF_ABS), path).differences[0].relative > 1e-5


def test_an_embedding_of_a_position_goes_beside_what_it_was_found_in(path):
    one = net(
        DATA,
        IP.replace("pool", "data"),
        'layer { name: "a" type: "ArgMax" bottom: "ip" top: "a" argmax_param { axis: 1 } }',
        """layer { name: "e" type: "Embed" bottom: "a" top: "e" embed_param {
          num_output: 4 input_dim: 5 weight_filler { type: "gaussian" std: 1 } } }""",
        'layer { name: "y" type: "Concat" bottom: "ip" bottom: "e" top: "y" }',
    )
    made = export_onnx(one, path)
    assert made.outputs == {"y": ("N", 9)}
    assert made.differences[0].relative < 1e-5


@pytest.fixture
def joined(monkeypatch):
    """Let ONNX Runtime make something else of `conv` where not all values are asked for."""

    def install(change, asked):
        plain = layer_check.run_session

        def run(session, names, feed):
            made = plain(session, names, feed)
            return change(names, made) if len(names) < asked else made

        monkeypatch.setattr(layer_check, "run_session", run)
        monkeypatch.setattr(comparison, "run_session", run)

    return install


def test_what_joined_nodes_round_otherwise_may_grow(path, joined):
    """Two channels alike, of which joined nodes make one larger in the last bits."""
    tilt = np.array([1e-6, 0]).reshape(2, 1, 1)

    def change(names, made):
        values = dict(zip(names, made, strict=True))
        if "conv" in values:
            values["conv"] = (values["conv"] + tilt * np.abs(values["conv"])).astype("f4")
        if "best" in values:
            values["best"] = np.zeros_like(values["best"])  # 1 where both are equal
        return list(values.values())

    joined(change, asked=2)
    data = DATA.replace("2, 3, 9, 8", "4, 1, 6, 6")
    twice = CONV.replace("num_output: 4", "num_output: 2").replace("gaussian", "constant")
    twice = twice.replace("std: 0.3", "value: 0.7").replace("std: 1", "value: 0.1")
    best = """layer { name: "best" type: "ArgMax" bottom: "conv" top: "best"
      argmax_param { axis: 1 } }"""
    (found,) = export_onnx(net(data, twice, best), path, tolerance=1).differences
    assert found.grows_in == 'ArgMax layer "best"'


def test_what_joined_nodes_make_twice_as_large_is_an_error(path, joined):
    joined(lambda names, made: [values * 2 for values in made], asked=2)
    with pytest.raises(NetError, match=r"layer \"conv\" makes, where ONNX Runtime joins nodes"):
        export_onnx(net(DATA, CONV, RELU), path)
