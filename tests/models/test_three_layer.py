"""models/three_layer: what its two rules learn is what plain numpy loops learn."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.cli import main
from blobnet.datasets.digits import load_digits
from blobnet.datasets.to_lmdb import prepare_mnist
from blobnet.serialization.prototxt import read_solver
from blobnet.testing import check_gradients, run_layer
from tests.cli.digits import write_mnist

MODEL = Path(__file__).parents[2] / "models" / "three_layer"
RULES = ("gradient", "plain_error")

# Settings in prototxts are single precision. The loops take the same numbers: under the rule of
# the plain error a difference of 1e-8 grows to 0.1 within a thousand samples.
RATE, SCALE, SHIFT = (float(np.float32(number)) for number in (0.3, 0.99 / 255, 0.01))


@pytest.fixture(autouse=True)
def plain_error_type(monkeypatch):
    """Makes the layer type of plain_error.py known, once in a process."""
    monkeypatch.syspath_prepend(MODEL)
    return importlib.import_module("plain_error")


@pytest.fixture
def digits(tmp_path, monkeypatch):
    """The digits on board, as the databases that the prototxt names, in the current folder."""
    data = load_digits()
    prepare_mnist(tmp_path, data)
    monkeypatch.chdir(tmp_path)
    return data


def make_solver(rule, dtype="float64"):
    param = blobnet.parse_solver((MODEL / "solver.prototxt").read_text())
    param.net = str(MODEL / "train_test.prototxt")
    param.test_iter[:] = [1]
    if rule == "plain_error":
        param.train_state.stage.append("plain_error")
        param.test_state.add().stage.append("plain_error")
    return blobnet.get_solver(param, dtype=dtype)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def learn(hidden, output, images, labels, rule):
    """One sample after the other, as it is written from scratch; returns the errors."""
    errors = []
    for pixels, label in zip(images.reshape(-1, 784), labels, strict=True):
        x = pixels * SCALE + SHIFT
        target = np.full(10, 0.01)
        target[label] = 0.99
        h = sigmoid(hidden @ x)
        o = sigmoid(output @ h)
        output_error = target - o
        slope = o * (1 - o)
        handed_back = output_error if rule == "plain_error" else output_error * slope
        hidden_error = output.T @ handed_back
        output += RATE * np.outer(output_error * slope, h)
        hidden += RATE * np.outer(hidden_error * h * (1 - h), x)
        errors.append((output_error**2).sum() / 2)
    return errors


def learned(rule, number, digits):
    """What solver and loops have learned from the same first weights: [hidden, output] twice."""
    solver = make_solver(rule)
    found = [solver.net.params[name][0].data for name in ("hidden", "output")]
    expected = [weight.copy() for weight in found]
    errors = learn(*expected, digits.train_images[:number], digits.train_labels[:number], rule)
    solver.step(number)
    assert solver.loss == pytest.approx(errors[-1], rel=1e-4)
    return found, expected


@pytest.mark.parametrize("rule", RULES)
def test_a_thousand_samples_change_the_weights_as_in_plain_loops(rule, digits):
    found, expected = learned(rule, 1000, digits)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_the_two_rules_differ_in_the_hidden_weights_from_the_first_sample_on(digits):
    (hidden, output), (other_hidden, other_output) = (learned(rule, 1, digits)[0] for rule in RULES)
    np.testing.assert_allclose(output, other_output, rtol=0, atol=1e-15)
    assert np.abs(hidden - other_hidden).max() > 1e-3


@pytest.mark.parametrize("rule", RULES)
def test_it_learns_to_read(rule, digits):
    solver = make_solver(rule, dtype="float32")
    solver.param.test_iter[:] = [4]
    before = solver.test()["accuracy"]
    solver.step(len(digits.train_labels))
    assert before < 0.3
    assert solver.test()["accuracy"] > 0.85


# --- the definition -------------------------------------------------------------------------------


def test_inputs_and_targets_are_those_of_the_script(digits):
    net = make_solver("gradient").test_nets[0]
    net.forward()
    pixels = digits.test_images[:100].reshape(100, 784)
    np.testing.assert_allclose(
        net.blobs["x"].data.reshape(100, 784), pixels / 255 * 0.99 + 0.01, rtol=1e-7
    )
    expected = np.where(np.arange(10) == digits.test_labels[:100, None], 0.99, 0.01)
    np.testing.assert_array_equal(net.blobs["target"].data, expected)


def test_the_stage_decides_which_output_layer_there_is(digits):
    path = MODEL / "train_test.prototxt"
    for stages, types in (
        ([], ["InnerProduct", "Sigmoid", "InnerProduct", "Sigmoid"]),
        (["plain_error"], ["InnerProduct", "Sigmoid", "PlainErrorOutput"]),
    ):
        net = blobnet.Net(path, phase="TRAIN", stages=stages)
        around = ("Data", "Power", "Embed", "EuclideanLoss")
        assert [layer.type for layer in net.layers if layer.type not in around] == types


@pytest.mark.parametrize("rule", RULES)
def test_two_layers_of_weights_learn_and_nothing_else(rule, digits):
    net = make_solver(rule).net
    rates = {
        name: [rate for rate, blob in zip(net.params_lr, net.learnable_params, strict=True)
               if any(blob is own for own in blobs)]
        for name, blobs in net.params.items()
    }  # fmt: skip
    assert rates == {"target": [0], "hidden": [1], "output": [1]}
    assert net.params["hidden"][0].shape == (200, 784)
    assert net.params["output"][0].shape == (10, 200)
    for name in ("hidden", "output"):
        values = net.params[name][0].data
        assert -0.5 <= values.min() < -0.49
        assert 0.49 < values.max() <= 0.5


def test_the_solver_goes_five_times_through_mnist_and_tests_on_all_of_it():
    solver = read_solver(MODEL / "solver.prototxt")
    assert solver.base_lr == pytest.approx(RATE)
    assert solver.momentum == solver.weight_decay == 0
    assert (solver.max_iter, solver.test_interval) == (5 * 60_000, 60_000)
    assert list(solver.test_iter) == [100]
    assert solver.net == "models/three_layer/train_test.prototxt"


# --- the layer with its own rule ------------------------------------------------------------------

OUTPUT = """
    type: "PlainErrorOutput"
    inner_product_param { num_output: 3 bias_term: false weight_filler { type: "gaussian" } }
"""


def test_its_weights_have_true_gradients(rng):
    check_gradients(run_layer(OUTPUT, rng.normal(size=(4, 5))), propagate_down=[False])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_handed_back_is_the_plain_error(rng, dtype):
    run = run_layer(OUTPUT, rng.normal(size=(4, 5)), dtype=dtype)
    run.bottom[0].diff[...] = np.nan
    run.top[0].diff[...] = error = rng.normal(size=(4, 3))
    run.backward()
    np.testing.assert_allclose(
        run.bottom[0].diff, error @ run.layer.blobs_[0].data, rtol=1e-5, atol=1e-6
    )


def test_an_empty_batch_passes(rng):
    run = run_layer(OUTPUT, np.zeros((0, 5)))
    run.backward()
    np.testing.assert_array_equal(run.layer.blobs_[0].diff, 0)


# --- the script -----------------------------------------------------------------------------------


@pytest.fixture
def few_digits(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_mnist(tmp_path / "digits", train=60, test=30)


def next_command(told):
    return shlex.split(re.search(r"^next: .*?: (blobnet .*)$", told, re.MULTILINE)[1])


@pytest.mark.parametrize("flags", [[], ["--plain-error"]])
def test_the_script_trains_tests_and_says_what_is_next(flags, few_digits, capsys):
    assert main(["demo", "three_layer", "--data", "digits", "--epochs", "2", *flags]) == 0
    told = capsys.readouterr().out
    lines = told.splitlines()
    assert lines[0] == "data: MNIST from digits (--data)"
    assert lines[1] == "784-200-10 learns from 60 digits, one at a time, 2 times over"
    assert lines[2] == f"rule: {'the plain error handed back' if flags else 'true gradients'}"
    shares = re.findall(r"^after (\d) times? through: (\S+) % of 30 others right", told, re.M)
    assert [times for times, _ in shares] == ["0", "1", "2"]
    assert float(shares[2][1]) > float(shares[0][1])
    assert f"curves: {Path('three_layer_demo/curves.png')}" in lines
    command = next_command(told)
    assert main(command[1:]) == 0
    again = re.findall(r"accuracy = (\S+)", capsys.readouterr().err)[-1]
    assert 100 * float(again) == pytest.approx(float(shares[2][1]), abs=0.01)


def test_the_script_takes_csv_files(few_digits, capsys):
    rng = np.random.default_rng(0)
    for name, rows in (("train.csv", 20), ("test.csv", 7)):
        values = rng.integers(0, 256, (rows, 785))
        values[:, 0] %= 10
        np.savetxt(name, values, fmt="%d", delimiter=",")
    words = ["--csv", "train.csv", "test.csv", "--out", "o", "--rate", "0.1"]
    assert main(["demo", "three_layer", *words]) == 0
    told = capsys.readouterr().out
    assert "learns from 20 digits, one at a time, 5 times over" in told
    assert len(re.findall(r"% of 7 others right", told)) == 6
    assert Path("o/three_layer_iter_100.caffemodel").is_file()
    assert read_solver("o/solver.prototxt").base_lr == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["--help"], 0), (["--epochs", "0"], 2), (["--rate", "0"], 2), (["--rule"], 2)],
)
def test_wrong_usage_of_the_script_is_told(words, code, few_digits, capsys):
    assert main(["demo", "three_layer", *words]) == code
    assert "Usage: blobnet demo three_layer" in "".join(capsys.readouterr())


# --- the README -----------------------------------------------------------------------------------


def test_the_readme_names_what_is_there():
    readme = (MODEL / "README.md").read_text(encoding="utf-8")
    assert "--solver models/three_layer/solver.prototxt" in readme
    for name in re.findall(r"^\| `(\S+)` ", readme, re.MULTILINE):
        assert (MODEL / name).is_file()
