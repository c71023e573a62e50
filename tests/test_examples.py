"""The examples run, as a person would run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import blobnet
from blobnet.datasets.mnist_folder import read_folder
from blobnet.datasets.to_lmdb import prepare_mnist
from tests.cli.digits import write_mnist

ROOT = Path(blobnet.__file__).parents[1]
EXAMPLES = Path(__file__).parents[1] / "examples"


def run_example(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def clone(tmp_path):
    """A folder with the example model, made smaller, and two small databases."""
    prepare_mnist(tmp_path, read_folder(write_mnist(tmp_path / "digits"), "few digits"))
    model = tmp_path / "models" / "lenet5"
    model.mkdir(parents=True)
    smaller = {
        "solver.prototxt": [("test_iter: 100", "test_iter: 2")],
        "train_test.prototxt": [
            ("batch_size: 64", "batch_size: 10"),
            ("batch_size: 100", "batch_size: 10"),
        ],
    }
    for name, changes in smaller.items():
        text = (EXAMPLES.parent / "models" / "lenet5" / name).read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (model / name).write_text(text)
    return tmp_path


def test_a_layer_of_your_own(tmp_path):
    ran = run_example("my_layer.py", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "gradients are right",
        "learned w = 2.000 (2), b = 0.500 (0.5)",
    ]
    assert list(tmp_path.iterdir()) == []


def test_lenet_step_by_step(clone):
    ran = run_example("train_lenet.py", "100", folder=clone)
    assert (ran.returncode, ran.stderr) == (0, "")
    *steps, last = ran.stdout.splitlines()
    losses = []
    for line, iteration in zip(steps, (50, 100), strict=True):
        loss, moved = re.fullmatch(
            rf"iteration {iteration}: loss (\S+), conv1 moved by (\S+)", line
        ).groups()
        assert float(moved) > 0
        losses.append(float(loss))
    assert max(losses) < 1  # a guess among ten has 2.3
    assert float(last.removeprefix("test accuracy ")) > 0.5


def test_lenet_without_its_data_says_what_is_missing(clone):
    shutil.rmtree(clone / "mnist_train_lmdb")
    ran = run_example("train_lenet.py", "50", folder=clone)
    assert ran.returncode == 1
    error = ran.stderr[ran.stderr.rindex("blobnet.errors.DataError") :]
    assert "mnist_train_lmdb" in error
    assert "blobnet dataset mnist" in error


def test_an_ssd_learns_the_boxes_of_drawn_shapes(tmp_path):
    ran = run_example("train_ssd.py", "x", "--iterations=60", "--pictures=100", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    *steps, last = ran.stdout.splitlines()
    scores = [float(re.fullmatch(r".*: loss \S+, mAP (\S+)", line)[1]) for line in steps]
    assert len(scores) == 5
    assert scores[-1] > max(0.5, scores[0])
    assert last == f"{Path('x') / 'found.png'} shows what it finds"
    with Image.open(tmp_path / "x" / "found.png") as found:
        assert len(found.getcolors(2**20)) > 1000


def test_faces_are_found_by_a_net_trained_for_it(tmp_path):
    ran = run_example("detect_faces.py", "--iterations=40", "--threshold=0.3", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    *found, last = ran.stdout.splitlines()[5:]
    assert 1 <= len(found) <= 4  # there are three
    assert all(re.fullmatch(r"face 0\.\d+ at( -?\d+\.\d){4}", line) for line in found)
    assert last == f"{len(found)} {'face' if len(found) == 1 else 'faces'}, drawn in faces.png"
    assert [path.name for path in tmp_path.iterdir()] == ["faces.png"]


def test_faces_are_looked_for_by_a_net_of_ones_own(tmp_path, rng):
    """A net that finds in every picture what the prior boxes are."""
    (tmp_path / "deploy.prototxt").write_text("""
        input: "data" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }
        layer { name: "p" type: "Pooling" bottom: "data" top: "p"
                pooling_param { global_pooling: true } }
        layer { name: "priors" type: "PriorBox" bottom: "p" bottom: "data" top: "priors"
                prior_box_param { min_size: 4 } }
        layer { name: "locations" type: "InnerProduct" bottom: "p" top: "locations"
                inner_product_param { num_output: 4 } }
        layer { name: "scores" type: "InnerProduct" bottom: "p" top: "scores"
                inner_product_param { num_output: 2 } }
        layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }
        layer { name: "found" type: "DetectionOutput" bottom: "locations" bottom: "prob"
                bottom: "priors" top: "found" detection_output_param { num_classes: 2 } }
    """)
    net = blobnet.Net(tmp_path / "deploy.prototxt", phase="TEST")
    net.params["scores"][1].data[...] = [0, 2]
    net.save(tmp_path / "faces.caffemodel")
    pixels = rng.integers(256, size=(60, 80, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    ran = run_example(
        "detect_faces.py", "photo.png", "--model", "deploy.prototxt", "faces.caffemodel",
        folder=tmp_path)  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    score = 1 / (1 + np.exp(-2))
    found = f"face {score:.5f} at 20.0 15.0 60.0 45.0"
    assert ran.stdout.splitlines() == [found, "1 face, drawn in faces.png"]
    with Image.open(tmp_path / "faces.png") as faces:
        assert faces.size == (480, 360)


def test_a_segnet_learns_the_pixels_of_drawn_scenes(tmp_path):
    ran = run_example("segment_image.py", "x", "--iterations=40", "--pictures=40", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    *steps, last = ran.stdout.splitlines()
    overlaps = [float(line.rpartition(" ")[2]) for line in steps]
    assert len(overlaps) == 5
    assert overlaps[-1] > max(0.4, overlaps[0])
    assert last.startswith(f"{Path('x') / 'result.png'}: ")
    with Image.open(tmp_path / "x" / "result.png") as result:
        assert result.size == (588, 784)
