"""models/by_hand: the published numbers come out, and those of plain loops."""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.cli import main

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "by_hand"

# The state before the first step, in plain lists: [unit][input].
X, TARGET = [0.05, 0.10], [0.01, 0.99]
HIDDEN, HIDDEN_BIAS = [[0.15, 0.20], [0.25, 0.30]], 0.35
OUTPUT, OUTPUT_BIAS = [[0.40, 0.45], [0.50, 0.55]], 0.60
RATE = 0.5


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


class PlainLoops:
    """The same net, one multiplication at a time."""

    def __init__(self, linear):
        self.linear = linear
        self.hidden = [row[:] for row in HIDDEN]
        self.output = [row[:] for row in OUTPUT]

    def forward(self):
        self.h = [sigmoid(row[0] * X[0] + row[1] * X[1] + HIDDEN_BIAS) for row in self.hidden]
        sums = [row[0] * self.h[0] + row[1] * self.h[1] + OUTPUT_BIAS for row in self.output]
        self.o = sums if self.linear else [sigmoid(z) for z in sums]
        return sum((target - o) ** 2 / 2 for target, o in zip(TARGET, self.o, strict=True))

    def step(self):
        self.forward()
        output_delta = [
            (o - target) * (1 if self.linear else o * (1 - o))
            for o, target in zip(self.o, TARGET, strict=True)
        ]
        hidden_delta = [
            sum(output_delta[k] * self.output[k][j] for k in range(2)) * self.h[j] * (1 - self.h[j])
            for j in range(2)
        ]
        for i in range(2):
            for j in range(2):
                self.output[i][j] -= RATE * output_delta[i] * self.h[j]
                self.hidden[i][j] -= RATE * hidden_delta[i] * X[j]


def load_solver(variant="", dtype="float64"):
    param = blobnet.parse_solver((MODEL / f"{variant}solver.prototxt").read_text())
    param.net = str(ROOT / param.net)
    return blobnet.get_solver(param, dtype=dtype)


def weights(net):
    return [net.params[name][0].data.copy() for name in ("hidden", "output")]


def test_the_published_numbers_come_out():
    solver = load_solver()
    solver.net.forward()
    np.testing.assert_allclose(solver.net.blobs["o"].data, [[0.75136507, 0.772928465]], atol=1e-8)
    assert solver.net.loss == pytest.approx(0.298371109, abs=1e-8)
    solver.step(1)
    hidden, output = weights(solver.net)
    published = [[0.149780716, 0.19956143], [0.24975114, 0.29950229]]
    np.testing.assert_allclose(hidden, published, rtol=0, atol=1e-8)
    published = [[0.35891648, 0.408666186], [0.511301270, 0.561370121]]
    np.testing.assert_allclose(output, published, rtol=0, atol=1e-8)


@pytest.mark.parametrize("variant", ["", "linear_"])
@pytest.mark.parametrize("steps", [0, 1, 2, 100])
def test_every_step_is_that_of_plain_loops(variant, steps):
    solver, plain = load_solver(variant), PlainLoops(linear=bool(variant))
    solver.step(steps)
    for _ in range(steps):
        plain.step()
    solver.net.forward()
    assert solver.net.loss == pytest.approx(plain.forward(), rel=1e-11, abs=1e-15)
    np.testing.assert_allclose(solver.net.blobs["h"].data[0], plain.h, rtol=1e-12)
    np.testing.assert_allclose(solver.net.blobs["o"].data[0], plain.o, rtol=1e-12)
    for found, expected in zip(weights(solver.net), (plain.hidden, plain.output), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("variant", ["", "linear_"])
def test_the_solver_trains_it_in_single_precision(variant, monkeypatch):
    monkeypatch.chdir(ROOT)  # paths in prototxts are taken from there
    solver = blobnet.get_solver(f"models/by_hand/{variant}solver.prototxt")
    assert solver.net.blobs["o"].dtype == np.float32
    plain = PlainLoops(linear=bool(variant))
    plain.step()
    solver.step(1)
    for found, expected in zip(weights(solver.net), (plain.hidden, plain.output), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    solver.step(solver.param.max_iter - 1)
    solver.net.forward()
    assert solver.net.loss == pytest.approx(0 if variant else 3.51e-5, abs=0.005e-5)


@pytest.mark.parametrize("variant", ["", "linear_"])
def test_inputs_targets_and_biases_stay_as_they_are(variant):
    solver = load_solver(variant)
    solver.step(10)
    params = solver.net.params
    np.testing.assert_array_equal(params["input"][0].data, [X])
    np.testing.assert_array_equal(params["target"][0].data, [TARGET])
    np.testing.assert_array_equal(params["hidden"][1].data, [HIDDEN_BIAS] * 2)
    np.testing.assert_array_equal(params["output"][1].data, [OUTPUT_BIAS] * 2)


def numbers_after(text, name):
    """The numbers in the line that begins with `name`, and in the lines that carry it on."""
    lines = re.search(rf"^  {re.escape(name)} .*\n(?: {{20}}.*\n)*", text, re.MULTILINE)[0]
    return [float(word) for word in re.findall(r"-?\d\.\d{12}", lines)]


@pytest.fixture(scope="module")
def told():
    """What the script prints, for the one net and the other."""
    texts = []
    for flags in ([], ["--linear"]):
        with contextlib.redirect_stdout(io.StringIO()) as text:
            assert main(["demo", "by_hand", *flags]) == 0
        texts.append(text.getvalue())
    return texts


def test_the_script_prints_every_step(told):
    expected = {
        "hidden sums": [0.3775, 0.3925],
        "outputs o": [0.75136507, 0.772928465],
        "errors": [0.274811083, 0.023560026],
        "E": [0.298371109],
        "dE/dw5 .. w8": [0.082167041, 0.082667628, -0.02260254, -0.022740242],
        "dE/dh": [0.036350306, 0.041370323],
        "dE/dw1 .. w4": [0.000438568, 0.000877135, 0.000497713, 0.000995425],
        "w1 .. w4": [0.149780716, 0.19956143, 0.24975114, 0.29950229],
        "w5 .. w8": [0.35891648, 0.408666186, 0.511301270, 0.561370121],
    }
    for name, values in expected.items():
        assert numbers_after(told[0], name) == pytest.approx(values, abs=1e-8)
    assert re.search(r"^ +10,000   3\.510\d+e-05 ", told[0], re.MULTILINE)
    assert max(len(line) for text in told for line in text.splitlines()[1:]) <= 80


def test_the_script_runs_as_a_person_runs_it(tmp_path):
    ran = subprocess.run(
        [sys.executable, str(MODEL / "by_hand.py"), "--linear"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "output sums  " not in ran.stdout
    assert numbers_after(ran.stdout, "dE/do")[:2] == pytest.approx([1.095905967, 0.234921404])
    assert list(tmp_path.iterdir()) == []


def cell(error):
    return f"{error:.3g}" if error > 1e-30 else "below 1e-30"  # what is left is rounding


def test_the_readme_tells_the_same_numbers(told):
    readme = (MODEL / "README.md").read_text(encoding="utf-8")
    errors = [dict(re.findall(r"^ +([\d,]+)   (\S+)", text, re.MULTILINE)) for text in told]
    for steps in ("1", "10", "100", "1,000", "10,000"):
        cells = [cell(float(found[steps])) if steps in found else "" for found in errors]
        assert re.search(rf"^\| {steps} +\| {cells[0]} +\| {cells[1]}", readme, re.MULTILINE)
    for name in re.findall(r"^\| `(\S+)` ", readme, re.MULTILINE):
        assert (MODEL / name).is_file()
