"""How images are prepared, and what layers make of them."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.doctor import Case
from blobnet.preprocessing import Settings
from tests.doctor.cases import NET, faults, healthy_net, notes, pictures, write

MEAN = np.array([104, 117, 123], np.float32)[:, None, None]


def case_of(folder, picture, net=None, text=NET, **settings):
    definition, weights = write(folder, net or healthy_net(), text)
    return Case(definition, weights, images=[picture], settings=Settings(**settings))


@pytest.mark.parametrize(
    ("trained", "given", "way"),
    [
        ({}, {"scale": 1 / 255}, "--scale 1"),
        ({"scale": 1 / 255}, {}, "--scale 0.00392157"),
        ({"mean": 127.5, "scale": 1 / 128}, {"scale": 1.0}, "--mean 127.5 --scale 0.0078125"),
    ],
)
def test_another_scale_is_told(trained, given, way, tmp_path, picture):
    found = faults(case_of(tmp_path, picture, healthy_net(**trained), **given))
    ways = [each.what for each in found]
    assert f"images were prepared in another way for the training: {way} fits better" in ways


def test_turned_channels_are_told(tmp_path, picture):
    net = healthy_net()
    assert faults(case_of(tmp_path, picture, net)) == []
    weights = net.params["conv1"][0].data
    weights[...] = 0
    weights[:8, 0], weights[8:, 2] = 1, 1  # blue alone, and red alone
    healthier = healthy_statistics(net)
    found = faults(case_of(tmp_path, picture, healthier, channels="RGB"))
    assert any("--channels BGR fits better" in each.what for each in found)


def healthy_statistics(net):
    """The same net, whose first statistics belong to its weights."""
    rng = np.random.default_rng(3)
    for blob in net.params["bn1"]:
        blob.data[...] = 0
    net.forward(data=pictures(32, rng))
    return net


def test_options_against_the_definition_are_told(tmp_path, picture):
    (tmp_path / "train_val.prototxt").write_text("""
        layer { name: "data" type: "ImageData" top: "data" top: "label"
          transform_param { scale: 0.5 mean_value: 104 mean_value: 117 mean_value: 123 }
          image_data_param { source: "list.txt" batch_size: 1 } }""")
    case = case_of(tmp_path, picture, scale=1.0, mean=MEAN + 20, channels="RGB")
    told = [each for each in faults(case) if each.what.startswith("the options prepare")]
    assert told[0].evidence == (
        "scale 1, the training 0.5; mean 124, 137, 143, the training 104, 117, 123; RGB, the "
        f"training BGR (layer 'data' of {tmp_path / 'train_val.prototxt'})"
    )
    case = case_of(tmp_path, picture, scale=0.5, mean=MEAN)
    assert not any(each.what.startswith("the options prepare") for each in faults(case))


def test_that_nothing_is_said_is_a_note(tmp_path, picture):
    told = notes(case_of(tmp_path, picture))
    assert "nothing says how images are to be prepared" in told


def test_dead_layers_are_told(tmp_path, picture):
    net = healthy_net()
    net.params["bn2"][0].data[...] = 1e9  # far above whatever comes
    found = faults(case_of(tmp_path, picture, net))
    (dead,) = [each for each in found if each.what.startswith("layers give nothing at all")]
    assert dead.evidence.startswith("relu2:")


def test_saturated_layers_are_told(tmp_path, picture):
    text = NET.replace('name: "relu2" type: "ReLU"', 'name: "relu2" type: "TanH"')
    net = healthy_net(text)
    net.params["bn2"][1].data[...] *= 1e-4
    found = faults(case_of(tmp_path, picture, net, text))
    assert any(
        each.what.startswith("layers are saturated") and each.evidence.startswith("relu2: ")
        for each in found
    )


def test_values_that_are_no_numbers_are_told(tmp_path, picture):
    net = healthy_net()
    net.params["conv2"][1].data[0] = np.inf
    found = faults(case_of(tmp_path, picture, net))
    assert found[0].what == "the net computes what is no number"
    assert "conv2" in found[0].evidence


def test_without_an_image_noise_finds_the_layer(tmp_path):
    net = healthy_net()
    net.params["conv2"][0].data[...] = 1e37
    case = Case(*write(tmp_path, net))
    (fault,) = [each for each in faults(case) if "of noise" in each.what]
    assert fault.evidence.startswith('the first: top "conv2" of Convolution layer "conv2"')
    sound = Case(*write(tmp_path, healthy_net()))
    assert not any("of noise" in each.what for each in faults(sound))


def test_a_net_without_statistics_that_is_sure_in_another_way(tmp_path, picture):
    text = """
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 1 dim: 3 dim: 16 dim: 16 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
      inner_product_param { num_output: 5 } }
    layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
    """
    net = healthy_net(text)
    net.params["ip"][0].data[...] *= 0.002
    net.params["ip"][0].data[2] += 1e-4
    found = faults(case_of(tmp_path, picture, net, text, scale=1 / 255))
    assert any(each.what.endswith("for the training: --scale 1") for each in found)
    assert faults(case_of(tmp_path, picture, net, text, scale=1.0)) == []


def test_a_net_that_takes_no_image_is_a_note(tmp_path, picture):
    text = NET.replace("dim: 3", "dim: 5")
    (tmp_path / "deploy.prototxt").write_text(text)
    told = notes(Case(tmp_path / "deploy.prototxt", images=[picture]))
    assert "--image was not used: the net takes no image" in told
