"""models/vanishing: the gradients are of the sizes that its README derives."""

from __future__ import annotations

import importlib
import math
import re
from pathlib import Path

import numpy as np
import pytest

from blobnet.cli import main
from blobnet.viz.gradients import find_troubles
from blobnet.viz.gradients.depth import delta_by_depth

MODEL = Path(__file__).parents[2] / "models" / "vanishing"


@pytest.fixture
def vanishing(monkeypatch):
    monkeypatch.syspath_prepend(str(MODEL))
    return importlib.import_module("vanishing")


def first_gradients(vanishing, activation, filler):
    recorder, _ = vanishing.watch(activation, vanishing.FILLERS[filler], 20, 1)
    return recorder, delta_by_depth(recorder)[:-1]


@pytest.mark.parametrize(
    ("activation", "filler", "factor"),
    [
        ("Sigmoid", "gaussian, std 0.01", 0.25 * 0.1),
        ("TanH", "gaussian, std 0.01", 0.1),
        ("ReLU", "gaussian, std 0.01", math.sqrt(0.5) * 0.1),
        ("ReLU", "gaussian, std 0.3", math.sqrt(0.5) * 3),
        ("ReLU", "xavier", math.sqrt(0.5)),
        ("ReLU", "msra", 1.0),
    ],
)
def test_every_layer_multiplies_by_its_weights_and_its_slope(vanishing, activation, filler, factor):
    _, deltas = first_gradients(vanishing, activation, filler)
    measured = (deltas[0] / deltas[-1]) ** (1 / 19)
    assert measured == pytest.approx(factor, rel=0.05)


@pytest.mark.parametrize(
    ("activation", "filler", "kinds"),
    [
        ("Sigmoid", "xavier", {"vanishing"}),
        ("Sigmoid", "gaussian, std 0.3", {"vanishing", "saturated"}),
        ("TanH", "gaussian, std 0.3", {"saturated"}),
        ("TanH", "xavier", set()),
        ("ReLU", "gaussian, std 0.3", {"exploding"}),
        ("ReLU", "msra", set()),
    ],
)
def test_the_troubles_have_names(vanishing, activation, filler, kinds):
    recorder, _ = first_gradients(vanishing, activation, filler)
    assert {finding.kind for finding in find_troubles(recorder)} == kinds


def test_the_readme_has_the_sizes_that_come_out(vanishing):
    readme = (MODEL / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| (\S+e\S+) \| (\S+) \| (\S+) \|", readme, re.M)
    assert len(rows) == len(vanishing.ACTIVATIONS) * len(vanishing.FILLERS)
    for activation, filler, *sizes in rows[1::3]:
        _, deltas = first_gradients(vanishing, activation, filler)
        written = np.array([float(size) for size in sizes])
        np.testing.assert_allclose(deltas[[19, 9, 0]], written, rtol=0.1)


def test_the_script_prints_a_line_for_each_net_and_draws(vanishing, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "vanishing.png"
    assert (
        main(["demo", "vanishing", "--depth", "3", "--iterations", "2", "--out", str(picture)]) == 0
    )
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines[5:17]]
    assert names == [name for name in vanishing.ACTIVATIONS for _ in vanishing.FILLERS]
    assert lines[-1].startswith("next: blobnet gradients")
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [["--depth", "1"], ["--iterations", "0"]])
def test_wrong_numbers_are_refused(words, capsys):
    assert main(["demo", "vanishing", *words]) == 2
    assert words[0] in capsys.readouterr().err
