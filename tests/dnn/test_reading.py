"""Files and buffers into nets, as cv2.dnn takes them."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import dnn
from tests.dnn.net_cases import IMAGE, IN_PLACE, SSD, values, weights


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "net.prototxt").write_text(IN_PLACE)
    (tmp_path / "net.caffemodel").write_bytes(weights(IN_PLACE))
    return tmp_path


def outcome(net: dnn.Net) -> np.ndarray:
    net.setInput(values((1, 3, 8, 8)))
    return net.forward()


def test_paths_and_buffers_of_any_kind_give_the_same_net(folder):
    prototxt, model = folder / "net.prototxt", folder / "net.caffemodel"
    text, content = prototxt.read_bytes(), model.read_bytes()
    wanted = outcome(dnn.readNetFromCaffe(str(prototxt), str(model)))
    for net in (
        dnn.readNetFromCaffe(prototxt, model),
        dnn.readNetFromCaffe(prototxt=str(prototxt), caffeModel=str(model)),
        dnn.readNetFromCaffe(text, content),
        dnn.readNetFromCaffe(bytearray(text), memoryview(content)),
        dnn.readNetFromCaffe(bufferProto=text, bufferModel=content),
        dnn.readNetFromCaffe(np.frombuffer(text, np.uint8), np.frombuffer(content, np.uint8)),
        dnn.readNet(str(model), str(prototxt)),
        dnn.readNet(str(prototxt), str(model)),
        dnn.readNet("caffe", content, text),
    ):
        np.testing.assert_array_equal(outcome(net), wanted)


def test_the_files_may_be_gone_when_the_net_runs(folder):
    net = dnn.readNetFromCaffe(str(folder / "net.prototxt"), str(folder / "net.caffemodel"))
    (folder / "net.caffemodel").unlink()
    assert outcome(net).shape == (1, 5)


def test_weights_may_be_left_out(folder):
    assert dnn.readNet(str(folder / "net.prototxt")).getLayerId("prob") == 10
    assert dnn.readNetFromCaffe(IN_PLACE.encode(), b"").getLayer(1).blobs == ()


def test_layers_of_the_training_are_left_out():
    text = (
        IMAGE
        + """
        layer { name: "a" type: "ReLU" bottom: "data" top: "a" include { phase: TRAIN } }
        layer { name: "b" type: "ReLU" bottom: "data" top: "b" exclude { phase: TRAIN } }
    """
    )
    assert dnn.readNetFromCaffe(text.encode()).getLayerNames() == ("b",)


def test_opencv_counts_layers_that_it_computes_by_two():
    text = (
        IMAGE
        + """
        layer { name: "bn" type: "BatchNorm" bottom: "data" top: "bn"
                batch_norm_param { use_global_stats: false } }
        layer { name: "factor" type: "Pooling" bottom: "data" top: "factor"
                pooling_param { global_pooling: true } }
        layer { name: "sum" type: "Axpy" bottom: "factor" bottom: "data" bottom: "bn" top: "sum" }
    """
    )
    net = dnn.readNetFromCaffe(text.encode())
    names = ("bn/mvn", "bn", "factor", "sum/scale", "sum")
    assert net.getLayerNames() == names
    kinds = ["MVN", "BatchNorm", "Pooling", "Scale", "Eltwise"]
    assert [net.getLayer(name).type for name in names] == kinds
    assert net.getUnconnectedOutLayersNames() == ("sum",)
    _, _, outputs = net.getLayersShapes((2, 3, 4, 5))
    assert [shape[0].tolist()[2:] for shape in outputs[1:]] == [[4, 5]] * 2 + [[1, 1]] + [
        [4, 5]
    ] * 2
    with pytest.raises(dnn.error, match="has no output"):
        net.forward("sum/scale")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"layer {", "bufferProto"),
        (IMAGE.replace("input_param", "inputs_param").encode(), "inputs_param"),
        (b'layer { name: "a" type: "ReLU" bottom: "nope" top: "a" }', 'output blob "nope"'),
    ],
)
def test_a_broken_definition_is_explained(text, said):
    with pytest.raises(dnn.error, match=said):
        dnn.readNetFromCaffe(text)


def test_broken_and_missing_files_are_explained(folder):
    prototxt = str(folder / "net.prototxt")
    with pytest.raises(dnn.error, match="nope"):
        dnn.readNetFromCaffe(str(folder / "nope.prototxt"))
    with pytest.raises(dnn.error, match="nope"):
        dnn.readNetFromCaffe(prototxt, str(folder / "nope.caffemodel"))
    with pytest.raises(dnn.error, match="not a weight file"):
        dnn.readNetFromCaffe(prototxt, prototxt)
    with pytest.raises(dnn.error, match="bufferModel"):
        dnn.readNetFromCaffe(IN_PLACE.encode(), b"no weights")
    with pytest.raises(dnn.error, match="only models of Caffe"):
        dnn.readNet("yolo.weights", "yolo.cfg")
    with pytest.raises(dnn.error, match="only models of Caffe"):
        dnn.readNet("net.onnx")
    with pytest.raises(TypeError, match="expected a path"):
        dnn.readNetFromCaffe(5)
    with pytest.raises(TypeError, match="uint8"):
        dnn.readNetFromCaffe(np.zeros(3))
    with pytest.raises(TypeError, match="prototxt"):
        dnn.readNetFromCaffe()


def test_weights_of_another_net_are_refused_when_it_runs():
    net = dnn.readNetFromCaffe(IN_PLACE.encode(), weights(SSD))
    net.setInput(values((1, 3, 8, 8)))
    with pytest.raises(dnn.error, match="weights are missing"):
        net.forward()


def test_weights_are_found_by_the_name_that_layers_share():
    towers = """
        layer { name: "left" type: "Convolution" bottom: "data" top: "left" param { name: "w" }
                convolution_param { num_output: 2 kernel_size: 1 bias_term: false } }
    """
    both = towers + towers.replace('"left"', '"right"')
    net = dnn.readNetFromCaffe((IMAGE + both).encode(), weights(IMAGE + towers))
    net.setInput(values((1, 3, 8, 8)))
    right = net.forward("right")
    assert right.any()
    np.testing.assert_array_equal(net.forward("left"), right)


def test_an_unknown_type_is_refused_when_it_runs():
    text = IMAGE + 'layer { name: "a" type: "Foo" bottom: "data" top: "a" }'
    net = dnn.readNetFromCaffe(text.encode())
    assert net.getLayer("a").type == "Foo"
    net.setInput(values((1, 3, 8, 8)))
    with pytest.raises(dnn.error, match="Foo"):
        net.forward()


def test_no_program_runs_that_a_prototxt_names(tmp_path, monkeypatch):
    (tmp_path / "evil.py").write_text("raise SystemExit('it ran')")
    monkeypatch.syspath_prepend(tmp_path)
    text = (
        IMAGE
        + """
        layer { name: "a" type: "Python" bottom: "data" top: "a"
                python_param { module: "evil" layer: "Evil" } }
    """
    )
    net = dnn.readNetFromCaffe(text.encode())
    net.setInput(values((1, 3, 8, 8)))
    with pytest.raises(dnn.error, match="it would run a program"):
        net.forward()
