"""Names, shapes, statistics and first values of weights."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.doctor import Case
from blobnet.doctor.first_values import filler_of
from blobnet.fillers import fill
from blobnet.proto import FillerParameter
from tests.doctor.cases import NET, faults, healthy_net, notes, trained_like, write


@pytest.fixture
def case(tmp_path):
    """A function that makes a case of the healthy net's weights and another definition."""

    def make(text=NET, net=None, **more):
        definition, weights = write(tmp_path, net or healthy_net(), text)
        return Case(definition, weights, **more)

    return make


def test_a_healthy_net_has_no_fault(case, picture):
    assert faults(case(images=[picture])) == []


def test_a_renamed_layer_is_recognized_by_its_shapes(case):
    (fault,) = faults(case(NET.replace('"ip"', '"fc"')))
    assert fault.what == "a layer gets no weights: it was renamed"
    assert "'fc' may be 'ip' of the file" in fault.evidence
    assert fault.in_words == "very likely"


def test_a_layer_that_the_file_has_not_is_told(case):
    more = 'layer { name: "ip2" type: "InnerProduct" bottom: "prob" top: "ip2" %s }'
    text = NET + more % "inner_product_param { num_output: 3 }"
    (fault,) = faults(case(text))
    assert fault.what == "a layer gets no weights and keeps its first values"
    assert fault.evidence == "ip2 is not in the file"


def test_weights_of_another_net_are_told(case):
    text = NET.replace('"conv1"', '"a"').replace('"conv2"', '"b"').replace('"ip"', '"c"')
    text = text.replace('"bn1"', '"d"').replace('"bn2"', '"e"')
    (fault,) = faults(case(text))
    assert fault.what.startswith("these weights belong to another net")


def test_weights_that_nobody_uses_are_no_fault(case):
    text = NET[: NET.index('layer { name: "ip"')]
    assert faults(case(text)) == []
    assert "a layer of the weights is not used by this net" in notes(case(text))


def test_another_shape_is_told(case):
    (fault,) = faults(case(NET.replace("num_output: 10", "num_output: 11")))[:1]
    assert fault.what == "layer 'ip' has another shape than its weights in the file"
    assert "(11, 2304)" in fault.evidence


def test_other_shapes_of_many_layers_are_one_finding(case):
    text = NET.replace("num_output: 16 kernel_size: 3", "num_output: 16 kernel_size: 5")
    (fault,) = faults(case(text=text))
    assert fault.what == "3 of the 5 layers that the file has are of other shapes there"
    assert "conv2, blob 0: the net (16, 16, 5, 5), the weights (16, 16, 3, 3)" in fault.evidence
    assert fault.advice == "find the prototxt that was published with these weights"


def test_another_number_of_blobs_is_told(case):
    text = NET.replace("num_output: 10 }", "num_output: 10 bias_term: false }")
    assert faults(case(text))[0].what == (
        "layer 'ip' has another number of blobs than its weights in the file"
    )


# --- values ---------------------------------------------------------------------------------------


def test_a_layer_that_was_never_trained_is_found(case):
    net = healthy_net()
    fill(net.params["ip"][0].data, FillerParameter(type="xavier"), np.random.default_rng(0))
    (fault,) = faults(case(net=net))
    assert fault.what == "1 of 3 layers never trained: as a filler left them"
    assert fault.evidence.startswith("ip: xavier, within 0.036")


def test_a_net_that_was_never_trained_is_found(case):
    net = healthy_net()
    for name in ("conv1", "conv2", "ip"):
        std = FillerParameter(type="gaussian", std=0.01 if name != "conv1" else 0.1)
        filler = std if name != "conv1" else FillerParameter(type="xavier")
        fill(net.params[name][0].data, filler, np.random.default_rng(0))
    assert "these weights were never trained: all are as a filler left them" in [
        each.what for each in faults(case(net=net))
    ]


@pytest.mark.parametrize("shape", [(64, 3, 5, 5), (40, 50), (64, 1, 5, 5)])
@pytest.mark.parametrize(
    ("filler", "words"),
    [
        ({"type": "xavier"}, "xavier"),
        ({"type": "xavier", "variance_norm": FillerParameter.FAN_OUT}, "xavier"),
        ({"type": "gaussian", "std": 0.01}, "gaussian, std 0.01"),
        ({"type": "msra"}, "gaussian"),
    ],
)
def test_fillers_are_recognized(filler, words, shape):
    values = np.empty(shape, np.float32)
    fill(values, FillerParameter(**filler), np.random.default_rng(1))
    assert filler_of(values).startswith(words)


def test_trained_weights_are_none_of_a_filler():
    rng = np.random.default_rng(5)
    for shape in ((64, 3, 5, 5), (500, 100), (10, 500)):
        assert filler_of(trained_like(shape, rng)) is None
    drawn = rng.normal(0, 0.01, (64, 3, 5, 5))
    favoured = drawn * np.where(np.arange(64) % 2, 1.4, 0.2).reshape(-1, 1, 1, 1)
    assert filler_of(favoured * 0.01 / favoured.std()) is None


def test_a_depthwise_kernel_that_favours_its_middle_is_trained():
    drawn = np.random.default_rng(5).normal(0, 0.01, (128, 1, 3, 3))
    assert filler_of(drawn).startswith("gaussian")
    favours = np.array([0.9, 1, 0.9, 1, 1.35, 1, 0.9, 1, 0.9]).reshape(3, 3)
    assert filler_of(drawn * favours * 0.01 / (drawn * favours).std()) is None


def test_equal_weights_and_broken_ones_are_told(case):
    net = healthy_net()
    net.params["ip"][0].data[...] = 0
    net.params["conv2"][0].data[0, 0] = np.nan
    first, second = faults(case(net=net))
    assert first.what == "weights are infinite or undefined"
    assert first.evidence == "conv2"
    assert second.what == "all weights of a layer are the same: its outputs are, too"


# --- statistics -----------------------------------------------------------------------------------


def test_statistics_that_are_not_there_are_told(case):
    net = healthy_net()
    for blob in net.params["bn1"]:
        blob.data[...] = 0
    (fault,) = faults(case(net=net))
    assert fault.what == "batch normalization has no statistics: it divides by almost 0"
    assert fault.evidence.startswith("bn1:")


@pytest.mark.parametrize("value", [-1, np.nan, np.inf])
def test_impossible_statistics_are_told(value, case):
    net = healthy_net()
    net.params["bn2"][1].data[3] = value
    (fault,) = faults(case(net=net))
    assert fault.what == "statistics of batch normalization are impossible"
    assert fault.in_words == "certain"


def test_statistics_of_the_batch_in_the_test_are_told(case):
    text = NET.replace(
        'top: "conv1" }\nlayer { name: "relu1"',
        'top: "conv1" batch_norm_param { use_global_stats: false } }\nlayer { name: "relu1"',
    )
    (fault,) = faults(case(text))
    assert fault.what.startswith("batch normalization takes the statistics of the batch")
    assert fault.evidence.startswith("bn1:")


def test_weights_that_were_folded_twice_are_told(case, picture):
    net = healthy_net()
    for conv, bn in (("conv1", "bn1"), ("conv2", "bn2")):
        variance = net.params[bn][1].data / net.params[bn][2].data[0]
        net.params[conv][0].data[...] /= np.sqrt(variance).reshape(-1, 1, 1, 1)
    found = faults(case(net=net, images=[picture]))
    assert any("of another size than in the training" in each.what for each in found)


def test_a_batch_normalization_that_does_nothing_is_a_note(case):
    net = healthy_net()
    for blob, value in zip(net.params["bn1"], (0, 1, 1), strict=True):
        blob.data[...] = value
    assert "a batch normalization does nothing" in notes(case(net=net))


# --- files ----------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_the_first_finding(tmp_path):
    (tmp_path / "net.prototxt").write_text("layer { nam: 1 }")
    (fault,) = faults(Case(tmp_path / "net.prototxt"))
    assert "nam" in fault.evidence + fault.what
    assert fault.in_words == "certain"


def test_a_damaged_file_is_told(case):
    broken = case()
    data = broken.weights_path.read_bytes()
    broken.weights_path.write_bytes(data[: len(data) // 2])
    assert any("net.caffemodel" in each.what for each in faults(broken))


def test_whose_the_files_are_is_told(case, tmp_path):
    text = NET.replace('type: "ReLU" bottom: "conv2"', 'type: "ReLU6" bottom: "conv2"')
    told = notes(case(text))
    assert any("deploy.prototxt has layer types of" in each for each in told)
    assert any("net.caffemodel has weights in Caffe's own numbers" in each for each in told)
    assert any("deploy.prototxt has Caffe's own layer types" in each for each in notes(case()))


def test_a_net_alone_is_examined(tmp_path):
    (tmp_path / "deploy.prototxt").write_text(NET)
    assert faults(Case(tmp_path / "deploy.prototxt")) == []
