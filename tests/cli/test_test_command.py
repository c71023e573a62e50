from __future__ import annotations

import re

import numpy as np
import pytest

import blobnet
from blobnet.cli import main, test_command
from tests.cli.conftest import NET


def test_every_batch_is_told_and_then_the_means(weights, run):
    (weights.parent / "net.prototxt").write_text(
        NET.replace('top: "loss"', 'top: "loss" loss_weight: 0.5')
    )
    ran = run("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 3)
    assert (ran.code, ran.out) == (0, "")
    assert ran.log[:2] == ["Use CPU.", "Running for 3 iterations."]
    batches = [re.fullmatch(r"Batch (\d), loss = (\S+)", message) for message in ran.log[2:5]]
    assert [match.group(1) for match in batches] == ["0", "1", "2"]
    losses = [float(match.group(2)) for match in batches]
    assert len(set(losses)) == 3  # the data are random, so their mean is none of them

    total = re.fullmatch(r"Loss: (\S+)", ran.log[5]).group(1)
    assert float(total) == pytest.approx(0.5 * np.mean(losses), rel=1e-5)
    mean, share = re.fullmatch(r"loss = (\S+) \(\* 0.5 = (\S+) loss\)", ran.log[6]).groups()
    assert float(mean) == pytest.approx(np.mean(losses), rel=1e-5)
    assert float(share) == pytest.approx(0.5 * np.mean(losses), rel=1e-5)
    assert len(ran.log) == 7


def test_every_number_of_an_output_has_a_line_and_no_share_in_the_loss(weights, run):
    ip = NET[: NET.index('layer { name: "loss"')]
    labels = 'layer { name: "silence" type: "Silence" bottom: "y" }'
    (weights.parent / "net.prototxt").write_text(ip + labels)
    ran = run("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 2)
    assert ran.code == 0
    assert sum(message.startswith("Batch 1, ip = ") for message in ran.log) == 6 * 3
    assert "Loss: 0" in ran.log
    means = [message for message in ran.log if message.startswith("ip = ")]
    assert len(means) == 6 * 3
    assert not any("loss" in message for message in means)


def test_an_output_of_many_numbers_has_one_line_but_for_caffe(weights, run, monkeypatch, capsys):
    monkeypatch.setattr(test_command, "MOST_NUMBERS", 17)  # ip has 6 x 3
    ip = NET[: NET.index('layer { name: "loss"')]
    labels = 'layer { name: "silence" type: "Silence" bottom: "y" }'
    (weights.parent / "net.prototxt").write_text(ip + labels)
    words = ("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 2)
    told = [message for message in run(*words).log if "ip" in message]
    assert [message.split(" from ")[0] for message in told] == [
        *("Batch 0, ip: 18 values", "Batch 1, ip: 18 values", "ip: 18 values")
    ]
    low, high, mean = (float(told[0].split()[at].rstrip(",")) for at in (6, 8, 10))
    assert low < mean < high
    assert main([*map(str, words)], name="caffe") == 0
    assert capsys.readouterr().err.count("Batch 1, ip = ") == 18


def test_fifty_batches_are_run_if_nothing_is_said(weights, run):
    ran = run("test", "-model", "net.prototxt", "-weights", weights, "-gpu", "0")
    assert ran.code == 0
    assert ran.log[0] == "--gpu 0: blobnet runs on the CPU"
    assert "Running for 50 iterations." in ran.log
    assert sum(message.startswith("Batch ") for message in ran.log) == 50


def test_it_is_the_test_phase_that_is_scored(weights, run):
    only = 'layer { name: "more" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "%s" %s }'
    (weights.parent / "net.prototxt").write_text(
        NET
        + only % ("in_train", "include { phase: TRAIN }")
        + only.replace("more", "most") % ("in_test", "include { phase: TEST stage: 'wide' }")
    )
    words = ("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 1)
    log = "\n".join(run(*words, "--stage", "wide").log)
    assert "in_test = " in log
    assert "in_train = " not in log
    assert "in_test = " not in "\n".join(run(*words).log)


def test_inputs_that_nothing_fills_are_a_warning(weights, run):
    net = NET[NET.index('layer { name: "ip"') :]
    inputs = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 6 dim: 4 } } }
        layer { name: "y" type: "Input" top: "y" input_param { shape { dim: 6 dim: 3 } } }
    """
    (weights.parent / "net.prototxt").write_text(inputs + net)
    words = ("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 1)
    assert "Nothing fills x, y: what follows is for zeros" in run(*words).log
    (weights.parent / "net.prototxt").write_text(NET)
    assert not any("Nothing fills" in message for message in run(*words).log)


def test_a_net_without_weights_is_refused(weights, run):
    data = NET[: NET.index('layer { name: "ip"')]
    (weights.parent / "net.prototxt").write_text(data)
    ran = run("test", "--model", "net.prototxt", "--weights", weights)
    assert ran.code == 1
    assert "blobnet: net.prototxt: no layer of this net has weights" in ran.err


def test_weights_of_another_net_are_refused(weights, run):
    (weights.parent / "net.prototxt").write_text(NET.replace("dim: 4", "dim: 5"))
    ran = run("test", "--model", "net.prototxt", "--weights", weights)
    assert ran.code == 1
    assert "Cannot copy param 0 weights from layer 'ip'; shape mismatch" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "inference"), [([], True), (["--inference"], True), (["--no-inference"], False)]
)
def test_layers_are_merged_unless_that_is_switched_off(words, inference, weights, run, monkeypatch):
    made = []

    def make(*args, **options):
        made.append(options["inference"])
        return blobnet.Net(*args, **options)

    monkeypatch.setattr(test_command, "Net", make)
    ran = run("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 1, *words)
    assert (ran.code, made) == (0, [inference])


def test_merged_layers_score_as_the_others_do(tiny, run):
    (tiny / "net.prototxt").write_text("""
        layer { name: "data" type: "DummyData" top: "x" top: "label"
                dummy_data_param { shape { dim: 8 dim: 3 dim: 9 dim: 9 } shape { dim: 8 }
                                   data_filler { value: 0.5 } data_filler { value: 1 } } }
        layer { name: "conv" type: "Convolution" bottom: "x" top: "conv"
                convolution_param { num_output: 4 kernel_size: 3
                                    weight_filler { type: "xavier" } } }
        layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
        layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
        layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
                inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
        layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
    """)
    net = blobnet.Net("net.prototxt", phase="TRAIN", seed=1)
    for number, blob in enumerate(net.params["bn"]):
        blob.data[...] = number / 10 + 1
    net.params["conv"][0].data[...] = 0.2  # so that ReLU lets something pass
    net.save("weights.caffemodel")
    words = ("test", "--model", "net.prototxt", "--weights", "weights.caffemodel", "-iterations=2")
    score = re.compile(r"(.+?)(?: = |: )([\d.e+-]+)(?: |$)")
    merged, plain = (
        [match.groups() for match in map(score.match, run(*words, way).log) if match]
        for way in ("--inference", "--no-inference")
    )
    assert [name for name, _ in merged] == [name for name, _ in plain]
    assert [name for name, _ in merged][-3:] == ["Loss", "accuracy", "loss"]
    assert float(plain[-1][1]) != pytest.approx(np.log(3), rel=1e-3)
    ours, expected = ([float(value) for _, value in rows] for rows in (merged, plain))
    assert ours == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("way", ["--inference", "--no-inference"])
def test_a_net_of_nan_is_not_praised_without_a_word(tiny, run, way):
    """The scores, not the weights: a ReLU is taken in, and blobs share memory."""
    (tiny / "net.prototxt").write_text("""
        layer { name: "data" type: "DummyData" top: "x" top: "label"
                dummy_data_param { shape { dim: 8 dim: 3 dim: 9 dim: 9 } shape { dim: 8 }
                                   data_filler { value: 1e30 } data_filler { value: 1 } } }
        layer { name: "conv" type: "Convolution" bottom: "x" top: "conv"
                convolution_param { num_output: 4 kernel_size: 9 weight_filler { value: 1e30 } } }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
        layer { name: "scores" type: "Flatten" bottom: "conv" top: "scores" }
        layer { name: "accuracy" type: "Accuracy" bottom: "scores" bottom: "label" top: "accuracy" }
        layer { name: "power" type: "Power" bottom: "x" top: "power" }
        layer { name: "small" type: "Pooling" bottom: "power" top: "small"
                pooling_param { pool: MAX global_pooling: true } }
    """)
    blobnet.Net("net.prototxt", phase="TEST").save("weights.caffemodel")
    words = ("test", "--model", "net.prototxt", "--weights", "weights.caffemodel", "-iterations=2")
    ran = run(*words, way)
    assert ran.code == 0
    assert ran.log[-1].startswith(
        "net.prototxt: values are not finite, so scores such as accuracy mean nothing: bottom "
        '"scores" of Accuracy layer "accuracy": 32 of 32 values not finite'
    )
    assert sum("not finite" in line for line in ran.log) == 1


def test_ordinary_scores_are_not_doubted(weights, run):
    ran = run("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 1)
    assert not any("finite" in line for line in ran.log)


def test_a_layer_without_trained_weights_is_a_warning(weights, run):
    more = """layer { name: "new" type: "InnerProduct" bottom: "ip" top: "new"
                      inner_product_param { num_output: 1 } }"""
    (weights.parent / "net.prototxt").write_text(NET + more)
    ran = run("test", "--model", "net.prototxt", "--weights", weights, "--iterations", 1)
    warning = f"{weights} has no weights for new: what follows is for their first values"
    assert (ran.code, warning in ran.log) == (0, True)
