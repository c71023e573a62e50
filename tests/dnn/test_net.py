"""dnn.Net beside cv2.dnn.Net of OpenCV 4.14: what it has recorded, and itself where it is there."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet import dnn
from blobnet.dnn.plan import in_rows
from tests.dnn.net_cases import CASES, IMAGE, IN_PLACE, SSD, TWO_INPUTS, inputs, values, weights

RECORDED = Path(__file__).parents[1] / "reference" / "opencv" / "dnn_nets.npz"


@pytest.fixture(scope="module")
def recorded():
    with np.load(RECORDED) as file:
        return dict(file)


@pytest.fixture(params=CASES)
def name(request):
    return request.param


@pytest.fixture
def facts(recorded, name):
    return json.loads(str(recorded["facts"]))[name]


def net_of(text: str) -> dnn.Net:
    return dnn.readNetFromCaffe(text.encode(), weights(text))


def ready(name: str) -> dnn.Net:
    """The net of a case, with its inputs set."""
    net = net_of(CASES[name].text)
    for input_name, blob in inputs(CASES[name]).items():
        net.setInput(blob, input_name)
    return net


def close(made, wanted):
    assert made.shape == wanted.shape
    assert made.dtype == wanted.dtype
    np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=2e-6)


# --- as OpenCV ------------------------------------------------------------------------------------


def test_what_comes_out_is_opencvs(name, recorded):
    close(ready(name).forward(), recorded[f"{name}_forward"])


def test_every_layer_has_an_output_of_its_own_as_in_opencv(name, recorded):
    for layer in CASES[name].layers:
        close(ready(name).forward(layer), recorded[f"{name}_{layer}"])
    together = ready(name).forward(list(CASES[name].layers))
    for layer, made in zip(CASES[name].layers, together, strict=True):
        close(made, recorded[f"{name}_{layer}"])


def test_layers_have_opencvs_names_numbers_and_types(name, facts):
    net = ready(name)
    assert net.getLayerNames() == tuple(facts["names"])
    assert net.getLayerTypes() == tuple(facts["types"])
    assert net.getUnconnectedOutLayers().tolist() == facts["unconnected"]
    assert net.getUnconnectedOutLayers().dtype == np.int32
    assert net.getUnconnectedOutLayersNames() == tuple(facts["unconnected_names"])
    for number, (layer_name, kind, shapes) in enumerate(facts["layers"]):
        layer = net.getLayer(number)
        assert (layer.name, layer.type) == (layer_name, kind)
        assert [list(blob.shape) for blob in layer.blobs] == shapes
        assert net.getLayerId(layer_name) == number
        assert net.getLayersCount(kind) == sum(one[1] == kind for one in facts["layers"][1:])


def test_costs_are_counted_as_opencv_counts_them(name, facts):
    net, shapes = ready(name), list(CASES[name].inputs.values())
    ids, ins, outs = net.getLayersShapes(shapes)
    assert ids.tolist() == list(range(len(facts["layers"])))
    assert [[shape.tolist() for shape in row] for row in outs] == facts["outputs"]
    assert [[shape.tolist() for shape in row] for row in ins] == facts["inputs"]
    assert [net.getFLOPS(number, shapes) for number in ids] == facts["flops"]
    assert net.getFLOPS(shapes) == facts["all_flops"]
    assert [list(net.getMemoryConsumption(number, shapes)) for number in ids] == facts["memory"]


def test_an_input_of_bytes_is_scaled_as_opencv_scales_it(recorded):
    net = net_of(IN_PLACE)
    pixels = (np.arange(192) * 7 % 256).astype(np.uint8).reshape(1, 3, 8, 8)
    net.setInput(pixels, "data", 0.017, (103.9, 116.8, 123.7))
    close(net.forward(), recorded["scaled_input"])


def test_itself_where_it_is_installed(name):
    cv2 = pytest.importorskip("cv2")
    text = CASES[name].text
    theirs = cv2.dnn.readNetFromCaffe(bytearray(text.encode()), bytearray(weights(text)))
    for input_name, blob in inputs(CASES[name]).items():
        theirs.setInput(blob, input_name)
    ours, names = ready(name), theirs.getUnconnectedOutLayersNames()
    assert ours.getLayerNames() == theirs.getLayerNames()
    for made, wanted in zip(ours.forward(names), theirs.forward(names), strict=True):
        close(made, wanted)


NAMED_OTHERWISE = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 5 dim: 5 } } }
layer { name: "conv/3x3" type: "Convolution" bottom: "data" top: "conv/output"
  convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "conv/output" top: "conv/output" }
layer { name: "pool" type: "Pooling" bottom: "conv/output" top: "pool/output"
  pooling_param { kernel_size: 3 } }
layer { name: "up" type: "Deconvolution" bottom: "pool/output" top: "up/output"
  convolution_param { num_output: 2 kernel_size: 3 weight_filler { type: "xavier" } } }
"""


def test_convolutions_alone_have_the_names_of_their_tops():
    net = net_of(NAMED_OTHERWISE)
    assert net.getLayerNames() == ("conv/output", "relu", "pool", "up")
    with pytest.raises(dnn.error, match="conv/3x3"):
        net.getLayer("conv/3x3")
    cv2 = pytest.importorskip("cv2")
    files = bytearray(NAMED_OTHERWISE.encode()), bytearray(weights(NAMED_OTHERWISE))
    assert cv2.dnn.readNetFromCaffe(*files).getLayerNames() == net.getLayerNames()


# --- what is asked for ----------------------------------------------------------------------------


def test_a_list_of_names_gives_a_tuple_of_arrays():
    net = ready("in_place")
    prob, ip2 = net.forward(["prob", "ip2"])
    np.testing.assert_array_equal(net.forward("prob"), prob)
    np.testing.assert_array_equal(net.forward(outBlobNames=["ip2"])[0], ip2)
    (last,) = net.forward([])
    np.testing.assert_array_equal(last, prob)
    np.testing.assert_array_equal(net.forward(None), prob)
    np.testing.assert_array_equal(net.forward(""), prob)
    both = net.forward(("prob", "prob"))
    np.testing.assert_array_equal(both[0], both[1])


def test_all_outputs_of_a_layer_can_be_retrieved():
    net = ready("in_place")
    (pool,) = net.forward(["pool1"])
    ((left, right), (prob,)) = net.forwardAndRetrieve(["slice", "prob"])
    np.testing.assert_array_equal(np.concatenate([left, right], 1), pool)
    assert prob.shape == (1, 5)


def test_what_a_layer_gives_is_the_same_whatever_else_is_asked_for():
    names = ready("in_place").getLayerNames()
    together = dict(zip(names, ready("in_place").forward(names), strict=True))
    whole = blobnet.Net(blobnet.parse_net(IN_PLACE), phase="TEST")
    for param, blobs in whole.params.items():
        for index, blob in enumerate(blobs):
            blob.data[...] = ready("in_place").getParam(param, index).reshape(blob.shape)
    seen = {}
    whole.callbacks.after_forward.append(
        lambda i: seen.setdefault(whole.layer_names[i], whole.wired[i].top[0].data.copy())
    )
    whole.forward(**inputs(CASES["in_place"]))
    for name in names:
        close(ready("in_place").forward(name), together[name])
        close(together[name], seen[name])


def test_results_are_copies():
    net = ready("in_place")
    first = net.forward()
    kept = first.copy()
    net.setInput(values((1, 3, 8, 8), 13))
    assert not np.array_equal(net.forward(), kept)
    np.testing.assert_array_equal(first, kept)


def test_an_input_is_copied():
    net, blob = net_of(IN_PLACE), values((1, 3, 8, 8))
    net.setInput(blob)
    wanted = net.forward()
    blob[:] = 0
    np.testing.assert_array_equal(net.forward(), wanted)


def test_an_input_of_another_size_gives_the_net_other_shapes():
    net = net_of(IN_PLACE)
    for batch, side in ((1, 8), (2, 12), (1, 5)):
        net.setInput(values((batch, 3, side, side)))
        assert net.forward("pool1").shape == (batch, 4, -(-side // 2), -(-side // 2))
    net.setInput(values((4, 3, 8, 8)))
    assert net.forward().shape == (4, 5)


def test_an_input_that_states_no_shape_has_that_of_its_blob():
    text = IMAGE.replace("input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }", "")
    net = net_of(text + 'layer { name: "a" type: "AbsVal" bottom: "data" top: "a" }')
    net.setInput([[-1.0, 2.0]])
    assert net.forward().tolist() == [[1, 2]]


def test_only_what_an_output_needs_is_computed():
    net = net_of(TWO_INPUTS)
    net.setInput(values((1, 2, 3, 4)), "u")
    with pytest.raises(dnn.error, match='input "v" has not been set'):
        net.forward("sum")
    in_place = net_of(IN_PLACE)
    in_place.setInput(values((1, 3, 10, 10)))  # too large for the products behind
    assert in_place.forward("pool1").shape == (1, 4, 5, 5)
    with pytest.raises(dnn.error, match="layer 'ip'"):
        in_place.forward("prob")


def test_inputs_can_be_called_otherwise():
    net = net_of(TWO_INPUTS)
    net.setInputsNames(["a", "b"])
    net.setInputShape("b", (1, 2, 3, 4))
    for name, blob in zip("ab", inputs(CASES["two_inputs"]).values(), strict=True):
        net.setInput(blob, name)
    np.testing.assert_array_equal(net.forward(), ready("two_inputs").forward())
    with pytest.raises(dnn.error, match='"u" not found'):
        net.setInput(values((1, 2, 3, 4)), "u")
    with pytest.raises(dnn.error, match="another number of inputs"):
        net.setInputsNames(["a"])


def test_a_detector_that_finds_nothing_gives_rows_of_zeros():
    net = net_of(SSD.replace("confidence_threshold: 0.755", "confidence_threshold: 1.5"))
    net.setInput(values((2, 3, 32, 32)))
    found = net.forward()
    assert found.shape == (1, 1, 40, 7)
    assert not found.any()


def test_what_a_detector_finds_is_in_the_order_of_scores():
    rows = [(0, 1, 0.6), (0, 2, 0.9), (0, 2, 0.6), (1, 1, 0.5), (2, -1, -1), (3, 4, 0.1)]
    found = np.array([[[(*row, 0, 0, 1, 1) for row in rows]]], np.float32)
    made = in_rows(found, 7)[0, 0, :, :3]
    wanted = [(0, 2, 0.9), (0, 1, 0.6), (0, 2, 0.6), (1, 1, 0.5), (3, 4, 0.1), (0, 0, 0), (0, 0, 0)]
    np.testing.assert_array_equal(made, np.array(wanted, np.float32))


# --- weights --------------------------------------------------------------------------------------


def test_weights_can_be_looked_at_and_replaced():
    net = ready("in_place")
    before, other = net.forward("conv1"), net.forward("prob")
    bias = net.getParam("conv1", 1)
    assert bias.shape == (4, 1)
    net.setParam("conv1", 1, bias + 1)
    np.testing.assert_allclose(net.forward("conv1"), before + 1, rtol=1e-5, atol=1e-6)
    assert not np.array_equal(net.forward("prob"), other)
    np.testing.assert_array_equal(net.getLayer(1).blobs[1], bias + 1)
    fresh = ready("in_place")
    fresh.setParam(1, 1, bias + 1)
    np.testing.assert_array_equal(fresh.forward("prob"), net.forward("prob"))


def test_weights_are_copies():
    net = ready("in_place")
    net.getParam(1)[...] = 0
    net.getLayer(1).blobs[0][...] = 0
    assert net.getParam(1).any()


def test_weights_that_do_not_fit_are_refused():
    net = ready("in_place")
    with pytest.raises(dnn.error, match="not as many values"):
        net.setParam(1, 0, np.zeros((4, 3, 3)))
    with pytest.raises(dnn.error, match="has no weight 2"):
        net.setParam(1, 2, np.zeros(4))
    with pytest.raises(dnn.error, match="none at all"):
        net.getParam("relu1")


def test_without_weights_only_layers_without_any_run():
    net = dnn.readNetFromCaffe(IN_PLACE.encode())
    net.setInput(values((1, 3, 8, 8)))
    with pytest.raises(dnn.error, match="weights are missing"):
        net.forward("conv1")
    assert net.getLayer("conv1").blobs == ()


# --- the rest -------------------------------------------------------------------------------------


def test_the_last_forward_can_be_timed():
    net = ready("in_place")
    assert net.getPerfProfile()[0] == 0
    net.forward("relu1")
    ticks, layers = net.getPerfProfile()
    times = dict(zip(net.getLayerNames(), layers, strict=True))
    assert ticks > 0
    assert layers.dtype == np.float64
    assert times["conv1"] > 0
    assert times["prob"] == 0  # it was not asked for


def test_a_device_is_noted_once(caplog):
    net = ready("in_place")
    with caplog.at_level(logging.INFO, "blobnet.dnn"):
        for _ in range(2):
            net.setPreferableBackend(dnn.DNN_BACKEND_CUDA)
            net.setPreferableTarget(dnn.DNN_TARGET_CUDA)
            net.setPreferableBackend(dnn.DNN_BACKEND_OPENCV)
            net.setPreferableTarget(dnn.DNN_TARGET_CPU)
            net.enableWinograd(False)
            net.enableFusion(False)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 4
    assert told[0] == "DNN_BACKEND_CUDA is asked for: the CPU computes, in float32"


def test_a_net_is_drawn_in_the_language_of_graphviz(tmp_path):
    net = net_of(TWO_INPUTS)
    net.dumpToFile(tmp_path / "net.dot")
    lines = (tmp_path / "net.dot").read_text().splitlines()
    assert lines[0] == "digraph G {"
    assert '\t"sum_1" [label="sum_1\\nSigmoid" shape=box]' in lines
    assert '\t"_input" -> "both"' in lines
    assert '\t"sum_1" -> "both"' in lines


def test_an_empty_net_says_so():
    net = dnn.Net()
    assert net.empty()
    assert net.getLayerNames() == ()
    net.setInput(values((1, 3)))
    with pytest.raises(dnn.error, match="the net is empty"):
        net.forward()
    assert not ready("in_place").empty()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda net: net.forward("nope"), 'Requested layer "nope" not found'),
        (lambda net: net.forward("left"), 'layer "drop" makes the blob of that name'),
        (lambda net: net.forward("_input"), "has no output"),
        (lambda net: net.forward(["prob", "relu"]), "did you mean relu1"),
        (lambda net: net.getLayer(99), "id=99 not found"),
        (lambda net: net.getLayer("nope"), "not found"),
        (lambda net: net.setInput(None), "no blob"),
        (lambda net: net.setInput(np.zeros((0, 3))), "no blob"),
        (lambda net: net.setInput(np.zeros((1, 3, 8, 8), bool)), "no blob"),
        (lambda net: net.setInput(values((1, 5, 8, 8)), mean=(1, 2)), "no mean for that"),
        (lambda net: net.setInput(values((1, 3, 8, 8)), "image"), '"image" not found'),
        (lambda net: net.forwardAndRetrieve([]), "cannot be empty"),
        (lambda net: net.getFLOPS([(1, 3), (2, 3)]), "one shape for each input"),
    ],
)
def test_what_cannot_be_is_explained(call, said):
    with pytest.raises(dnn.error, match=said):
        call(ready("in_place"))


def test_a_blob_of_other_channels_is_refused():
    net = ready("in_place")
    net.forward()
    net.setInput(values((1, 4, 8, 8)))
    with pytest.raises(dnn.error, match="conv1"):
        net.forward()
    net.setInput(values((1, 3, 8, 8)))
    assert net.forward().shape == (1, 5)


def test_an_error_can_be_caught_as_blobnets():
    with pytest.raises(blobnet.BlobnetError):
        dnn.Net().forward()


def test_a_layer_can_be_given_weights_as_scripts_for_colours_do():
    text = (
        IMAGE
        + """
        layer { name: "scale" type: "Scale" bottom: "data" top: "scale" }
        layer { name: "mixed" type: "Convolution" bottom: "scale" top: "mixed"
                convolution_param { num_output: 2 kernel_size: 1 } }
    """
    )
    net = dnn.readNetFromCaffe(text.encode())
    net.getLayer("scale").blobs = [np.full((1, 3), 2.0)]
    net.getLayer(net.getLayerId("mixed")).blobs = [np.ones((2, 3, 1, 1)), [[1.0], [-1.0]]]
    net.setInput(np.ones((1, 3, 4, 4)))
    assert net.forward()[0, :, 0, 0].tolist() == [7, 5]
    net.getLayer("scale").blobs = [[3.0, 0, 0]]
    assert net.forward()[0, :, 0, 0].tolist() == [4, 2]
    assert net.getLayer("scale").blobs[0].tolist() == [[3], [0], [0]]
    net.getLayer("scale").blobs = [[3.0, 0]]
    with pytest.raises(dnn.error, match="shape mismatch"):
        net.forward()
    with pytest.raises(dnn.error, match="no weights to set"):
        net.getLayer(0).blobs = []
