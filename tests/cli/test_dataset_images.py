from __future__ import annotations

import re

import numpy as np
import pytest

import blobnet
from tests.sources.image_files import write_png


@pytest.fixture
def flowers(tmp_path, monkeypatch, rng):
    monkeypatch.chdir(tmp_path)
    for label, count in (("daisy", 4), ("tulip", 6)):
        for i in range(count):
            image = rng.integers(0, 256, (3, 8, 6), np.uint8)
            write_png(tmp_path / "flowers" / label / f"{i}.png", image)
    return tmp_path


def test_the_lines_that_it_prints_make_a_net_that_reads_the_data(flowers, run):
    ran = run("dataset", "images", "flowers", "data", "--test-part", "0.5", "--size", "5,7")
    assert (ran.code, ran.err) == (0, "")
    assert "    0  daisy                          2       2" in ran.out
    assert "    1  tulip                          3       3" in ran.out
    assert "wrote data/train_lmdb: 5 images of 3 x 5 x 7" in ran.out
    assert "num_output: 2" in ran.out.splitlines()[-1]
    layers = re.search(r"layer \{.*^\}$", ran.out, re.DOTALL | re.MULTILINE).group()
    for phase in ("TRAIN", "TEST"):
        net = blobnet.Net(blobnet.parse_net(layers), phase=phase)
        labels = net.forward()["label"]
        assert np.bincount(labels.astype(int)).tolist() == [2, 3]
        assert net.blobs["data"].shape == (5, 3, 5, 7)


def test_the_same_seed_writes_the_same(flowers, run):
    for out, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert run("dataset", "images", "flowers", out, "--seed", seed).code == 0
    a, b, c = ((flowers / out / "train_lmdb" / "data.mdb").read_bytes() for out in "abc")
    assert a == b
    assert a != c


def test_files_that_are_left_out_are_told(flowers, run):
    (flowers / "flowers" / "tulip" / "cut.jpg").write_bytes(b"\xff\xd8\xff")
    (flowers / "flowers" / "tulip" / "notes.txt").touch()
    ran = run("dataset", "images", "flowers", "data")
    assert ran.code == 0
    assert "passed over: tulip/notes.txt; 1 in all that are no images" in ran.out
    assert "left out: Could not open or find file flowers/tulip/cut.jpg" in ran.out
    assert "left out: 1 that cannot be read, listed in data/unreadable.txt" in ran.out


@pytest.mark.parametrize(("size", "sides"), [("4x7", "4 x 7"), ("4,7", "4 x 7"), ("5", "5 x 5")])
def test_height_and_width_are_said_as_in_predict(flowers, run, size, sides):
    ran = run("dataset", "images", "flowers", "data", "--size", size)
    assert ran.code == 0
    assert f"wrote data/train_lmdb: 8 images of 3 x {sides}" in ran.out


@pytest.mark.parametrize("options", [["--backend", "leveldb"], ["--encode", "png"], ["--gray"]])
def test_other_forms(flowers, run, options):
    ran = run("dataset", "images", "flowers", "data", *options)
    assert ran.code == 0
    backend = "leveldb" if "leveldb" in options else "lmdb"
    channels = 1 if "--gray" in options else 3
    assert f"wrote data/train_{backend}: 8 images of {channels} x 8 x 6" in ran.out
    assert f"backend: {backend.upper()} }}" in ran.out


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--size", "0"], 2, "'0' is no size"),
        (["--size", "1,2,3"], 2, "no size: write 256, or HEIGHTxWIDTH such as 240x320"),
        (["--crop"], 2, "--crop needs --size"),
        (["--test-part", "1"], 2, "--test-part"),
        (["--encode", "xyz"], 1, "expected: bmp"),
    ],
)
def test_options_that_make_no_sense(flowers, run, options, code, words):
    ran = run("dataset", "images", "flowers", "data", *options)
    assert ran.code == code
    assert words in ran.err
    assert not (flowers / "data").exists()
